/* generated from web/, do not edit */
import { Component, onPatched, onWillStart, onWillUnmount, reactive, useEffect, useRef, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { useBus, useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { usePopover } from "@web/core/popover/popover_hook";
// web/src/badge.ts
/**
* What a badge says, and which of two accounts of the same link is the newer one.
* Pure: no clock, no call, no import from Odoo, so that the rules can be tested as they are.
*/
var STATES = [
	"not_linked",
	"pending",
	"syncing",
	"synced",
	"failed",
	"conflict"
];
var FACES = {
	not_linked: {
		colour: "text-bg-light",
		icon: "fa-chain-broken"
	},
	pending: {
		colour: "text-bg-secondary",
		icon: "fa-clock-o"
	},
	syncing: {
		colour: "text-bg-info",
		icon: "fa-refresh"
	},
	synced: {
		colour: "text-bg-success",
		icon: "fa-check"
	},
	failed: {
		colour: "text-bg-danger",
		icon: "fa-exclamation-triangle"
	},
	conflict: {
		colour: "text-bg-warning",
		icon: "fa-question-circle"
	}
};
var RANK = {
	not_linked: 0,
	pending: 1,
	syncing: 2,
	synced: 3,
	failed: 3,
	conflict: 3
};
var isSettled = (state) => RANK[state] === 3;
/** A state that a person may want explained. */
var isTroubled = ({ state, reason }) => state === "failed" || state === "conflict" || state === "pending" && reason !== "";
/** The field's value as Odoo sends it; null when the record is not linked. */
function parseBadge(value) {
	const link = decimal(entry(value, "link"));
	if (link === "" || link === "0") return null;
	return {
		link,
		version: decimal(entry(value, "version")) || "0",
		state: stateOf(entry(value, "state")),
		reason: text(entry(value, "reason")),
		detail: text(entry(value, "detail")),
		shop: text(entry(value, "shop")),
		shopStatus: text(entry(value, "shop_status")),
		nextTry: time(entry(value, "next_try")),
		lastSynced: time(entry(value, "last_synced")),
		at: 0,
		isComplete: true
	};
}
function parseBadges(value) {
	return list(value).map(parseBadge).filter((badge) => badge !== null);
}
/** A message that is not understood says nothing. */
function parseNews(payload) {
	return list(entry(payload, "badges")).map(parseOne).filter((news) => news !== null);
}
function parseOne(value) {
	const badge = parseBadge(value);
	if (badge === null) return null;
	const { link, version, state, reason } = badge;
	return {
		link,
		version,
		state,
		reason,
		at: Date.parse(time(entry(value, "at"))) || 0
	};
}
/**
* A message about a link. Messages may come late and in any order: an older version is ignored, and so is "on its way" after
* the end of the same version was seen.
*/
function hear(known, news) {
	const order = compareDecimals(news.version, known.version);
	if (order < 0 || order === 0 && (news.at < known.at || goesBack(known, news))) return known;
	const isSame = order === 0 && news.state === known.state && news.reason === known.reason;
	const told = {
		version: news.version,
		state: news.state,
		reason: news.reason,
		at: news.at
	};
	return isSame ? {
		...known,
		...told
	} : {
		...known,
		...told,
		detail: "",
		nextTry: "",
		isComplete: false
	};
}
/** "On its way" said later than the end: tried again, or a look at Odoo from before the end. Only reading the link tells. */
var isDoubtful = (known, news) => news.version === known.version && news.at > known.at && goesBack(known, news);
var goesBack = (known, news) => isSettled(known.state) && !isSettled(news.state);
/**
* A record or an answer that was read. `isFresh`: asked for after the newest message had come, so it knows at least as much.
* Otherwise a message may have overtaken it, and of two equal versions the one further on its way is right.
*/
function read(known, badge, isFresh) {
	if (known === void 0) return badge;
	const order = compareDecimals(badge.version, known.version);
	return order < 0 || order === 0 && !isFresh && RANK[badge.state] < RANK[known.state] ? known : {
		...badge,
		at: order === 0 ? known.at : 0
	};
}
/** Decimal strings of any length: ids outlive what a number holds. */
function compareDecimals(a, b) {
	if (a.length !== b.length) return a.length - b.length;
	return a === b ? 0 : a < b ? -1 : 1;
}
function stateOf(value) {
	return STATES.find((state) => state === value) ?? "pending";
}
function entry(value, name) {
	return typeof value === "object" && value !== null ? Reflect.get(value, name) : void 0;
}
var list = (value) => Array.isArray(value) ? value : [];
var text = (value) => typeof value === "string" ? value : "";
function decimal(value) {
	const written = typeof value === "number" ? String(value) : text(value);
	return /^\d+$/.test(written) ? written.replace(/^0+(?=\d)/, "") : "";
}
/** Odoo writes "2026-11-21 06:47:12" where the wire writes ISO; both are UTC. */
function time(value) {
	const written = text(value).replace(" ", "T");
	if (Number.isNaN(Date.parse(written))) return "";
	return /(Z|[+-]\d\d:\d\d)$/.test(written) ? written : `${written}Z`;
}
// web/src/services/sync_service.ts
/**
* The only file that calls Odoo. Hears every badge message once per tab and keeps the newest word about each link;
* badges on the screen read it from here and turn without a reload.
*/
/** Requests that come within this time, in milliseconds, become one call. */
var GATHER_MS = 40;
/** Links that are no longer on the screen are forgotten beyond this number. */
var REMEMBERED = 500;
var MESSAGE = "marketplace_sync/badge";
/** Odoo 18 and 19 name the same events differently. */
var LOST = [
	"disconnect",
	"reconnecting",
	"BUS:DISCONNECT",
	"BUS:RECONNECTING"
];
var BACK = [
	"connect",
	"reconnect",
	"BUS:CONNECT",
	"BUS:RECONNECT"
];
var SyncService = class {
	/** Newest word by link; reactive, so a badge re-renders when its own link changes and only then. */
	badges = reactive({});
	/** How many badges of a link are on the screen. */
	shown = /* @__PURE__ */ new Map();
	/** How many messages came about a link: tells whether one came while an answer was on its way. */
	heard = /* @__PURE__ */ new Map();
	wanted = /* @__PURE__ */ new Set();
	orm;
	gathering = null;
	wasLost = false;
	constructor(bus, orm) {
		this.orm = orm;
		bus.subscribe(MESSAGE, (payload) => this.hear(payload));
		for (const name of LOST) bus.addEventListener(name, () => this.lost());
		for (const name of BACK) bus.addEventListener(name, () => this.back());
		bus.start();
	}
	/** A record was read: it may know more than the messages, or less. */
	learn(badge) {
		this.put(read(this.badges[badge.link], badge, false));
	}
	show(link) {
		this.shown.set(link, (this.shown.get(link) ?? 0) + 1);
	}
	hide(link) {
		const left = (this.shown.get(link) ?? 1) - 1;
		if (left > 0) this.shown.set(link, left);
		else this.shown.delete(link);
		this.forget();
	}
	/** A message tells state and reason only; the rest is read when somebody wants to see it. */
	explain(link) {
		if (this.badges[link]?.isComplete === false) this.refresh([link]);
	}
	/** Reads links again: one call for all that is asked for at about the same time. */
	refresh(links) {
		for (const link of links) this.wanted.add(link);
		this.gathering ??= new Promise((resolve) => {
			setTimeout(() => resolve(this.readWanted()), GATHER_MS);
		});
		return this.gathering;
	}
	hear(payload) {
		for (const news of parseNews(payload)) {
			const known = this.badges[news.link];
			if (known === void 0) continue;
			this.heard.set(news.link, (this.heard.get(news.link) ?? 0) + 1);
			if (isDoubtful(known, news)) this.refresh([news.link]);
			else this.put(hear(known, news));
		}
	}
	lost() {
		this.wasLost = true;
	}
	/** Messages may have been missed while the connection was gone. The first connection of a page has missed none. */
	back() {
		if (!this.wasLost) return;
		this.wasLost = false;
		if (this.shown.size > 0) this.refresh(this.shown.keys());
	}
	async readWanted() {
		const links = [...this.wanted];
		this.wanted.clear();
		this.gathering = null;
		if (links.length === 0) return;
		const before = new Map(links.map((link) => [link, this.heard.get(link)]));
		const answer = await this.ask(links);
		for (const badge of parseBadges(answer)) {
			const isFresh = before.get(badge.link) === this.heard.get(badge.link);
			this.put(read(this.badges[badge.link], badge, isFresh));
		}
	}
	async ask(links) {
		try {
			return await this.orm.silent.call("marketplace.link", "badges", [links.map(Number)]);
		} catch {
			return [];
		}
	}
	put(badge) {
		if (this.badges[badge.link] !== badge) this.badges[badge.link] = badge;
	}
	forget() {
		const links = Object.keys(this.badges);
		if (links.length <= REMEMBERED) return;
		for (const link of links.filter((each) => !this.shown.has(each))) {
			delete this.badges[link];
			this.heard.delete(link);
		}
	}
};
var syncService = {
	dependencies: ["bus_service", "orm"],
	start(_env, { bus_service, orm }) {
		return new SyncService(bus_service, orm);
	}
};
function registerSyncService() {
	registry.category("services").add("marketplace_sync", syncService);
}
// web/src/widgets/shop_settings/schema.ts
var KINDS = [
	"text",
	"url",
	"integer",
	"boolean",
	"choice",
	"secret"
];
function parseSettings(raw) {
	return Array.isArray(raw) ? raw.filter(isObject).map(parseSetting) : [];
}
function parseSetting(raw) {
	return {
		name: textOf(raw.name),
		label: textOf(raw.label),
		help: textOf(raw.help),
		kind: isKind(raw.type) ? raw.type : "text",
		required: raw.required === true,
		fallback: textOf(raw.default),
		choices: Array.isArray(raw.choices) ? raw.choices.filter(isObject).map(parseChoice) : []
	};
}
var parseChoice = (raw) => ({
	value: textOf(raw.value),
	label: textOf(raw.label)
});
/** Odoo gives false for an empty Json. */
function parseValues(raw) {
	const entries = isObject(raw) ? Object.entries(raw) : [];
	return Object.fromEntries(entries.flatMap(([name, value]) => isValue(value) ? [[name, value]] : []));
}
function parseSecrets(raw) {
	const entries = isObject(raw) ? Object.entries(raw) : [];
	return Object.fromEntries(entries.map(([name, value]) => [name, typeof value === "string" ? value : null]));
}
/** What a person typed, as it is kept. A number that is none stays as typed, so that it can be corrected. */
function fromText(kind, typed) {
	const text = typed.trim();
	if (text === "") return null;
	return kind === "integer" && /^-?\d{1,15}$/.test(text) ? Number(text) : typed;
}
function problemOf(setting, value) {
	if (setting.kind === "boolean") return null;
	if (value === null || value === "") return setting.required && setting.fallback === "" ? "missing" : null;
	if (setting.kind === "integer" && typeof value !== "number") return "no-number";
	if (setting.kind === "url" && !/^https?:\/\/\S+$/.test(String(value).trim())) return "no-address";
	if (setting.kind === "choice" && !setting.choices.some((choice) => choice.value === value)) return "no-choice";
	return null;
}
function problemOfSecret(setting, isSet, typed) {
	const willBeSet = typed ? true : isSet && typed !== "";
	return setting.required && !willBeSet ? "missing" : null;
}
var textOf = (value) => typeof value === "string" || typeof value === "number" ? String(value) : "";
var isObject = (raw) => typeof raw === "object" && raw !== null && !Array.isArray(raw);
var isKind = (raw) => typeof raw === "string" && KINDS.includes(raw);
var isValue = (raw) => raw === null || typeof raw === "string" || typeof raw === "number" || typeof raw === "boolean";
// web/src/widgets/shop_settings/shop_settings.ts
var PROBLEMS = {
	missing: () => _t("Please fill this in."),
	"no-number": () => _t("Enter a whole number."),
	"no-address": () => _t("Enter an address that begins with https:// or http://."),
	"no-choice": () => _t("Choose one of the list.")
};
/** The settings of a shop, drawn from the schema that its connector announced. */
var ShopSettings = class extends Component {
	static template = "marketplace_sync.ShopSettings";
	static props = {
		...standardFieldProps,
		id: {
			type: String,
			optional: true
		}
	};
	actions = null;
	root = { el: null };
	/** The control that takes the focus once it is drawn: the one that was pressed is gone by then. */
	toFocus = "";
	setup() {
		this.actions = useService("action");
		this.root = useRef("root");
		useBus(this.props.record.model.bus, "NEED_LOCAL_CHANGES", () => this.check());
		onPatched(() => this.focus());
	}
	get settings() {
		return parseSettings(this.props.record.data.setting_fields);
	}
	get values() {
		return parseValues(this.props.record.data[this.props.name]);
	}
	get newSecrets() {
		return parseSecrets(this.props.record.data.new_secrets);
	}
	get secretsSet() {
		return parseValues(this.props.record.data.secrets_set);
	}
	get face() {
		if (this.settings.length > 0) return "form";
		return this.props.record.data.has_connectors || !this.props.record.isNew ? "no-connector" : "no-sidecar";
	}
	get mayPair() {
		return user.isSystem;
	}
	/** The tab key goes down one column, then down the other. */
	get columns() {
		const rows = this.settings.map((setting) => this.row(setting));
		const half = Math.ceil(rows.length / 2);
		return [rows.slice(0, half), rows.slice(half)];
	}
	row(setting) {
		const id = `${this.props.id ?? this.props.name}_${setting.name}`;
		const value = this.values[setting.name] ?? null;
		const problem = this.props.record.isFieldInvalid(this.props.name) ? this.problemOf(setting) : null;
		return {
			...setting,
			id,
			labels: this.hasControl(setting) ? id : void 0,
			value,
			text: textOf(value),
			problem: problem ? PROBLEMS[problem]() : "",
			describedBy: [problem ? `${id}_problem` : "", setting.help ? `${id}_help` : ""].filter(Boolean).join(" ")
		};
	}
	problemOf(setting) {
		const { name, kind } = setting;
		if (kind === "secret") return problemOfSecret(setting, this.isSet(name), this.newSecrets[name]);
		return problemOf(setting, this.values[name] ?? null);
	}
	isSet(name) {
		return name in this.secretsSet;
	}
	hasControl({ name, kind }) {
		if (kind === "boolean") return true;
		return !this.props.readonly && (kind !== "secret" || this.secretFace(name) === "typing");
	}
	choiceLabel({ choices, value }) {
		return choices.find((choice) => choice.value === value)?.label ?? "";
	}
	isOffered({ choices, value }) {
		return choices.some((choice) => choice.value === value);
	}
	secretFace(name) {
		const typed = this.newSecrets[name];
		if (typed === "") return "removed";
		return this.isSet(name) && typed === void 0 ? "set" : "typing";
	}
	setOn(name) {
		const date = luxon.DateTime.fromISO(textOf(this.secretsSet[name]));
		if (!this.isSet(name)) return _t("Not set");
		return date.isValid ? _t("Set on %s", date.toLocaleString(luxon.DateTime.DATE_MED)) : _t("Set");
	}
	typedSecret(name) {
		return this.newSecrets[name] ?? "";
	}
	onText(row, event) {
		this.put({ [this.props.name]: {
			...this.values,
			[row.name]: fromText(row.kind, event.target.value)
		} });
	}
	onCheck(row, event) {
		this.put({ [this.props.name]: {
			...this.values,
			[row.name]: event.target.checked
		} });
	}
	onSecret(row, event) {
		this.putSecret(row.name, event.target.value || null);
	}
	replace(row) {
		this.toFocus = row.name;
		this.putSecret(row.name, null);
	}
	remove(row) {
		this.toFocus = row.name;
		this.putSecret(row.name, "");
	}
	keep(row) {
		this.toFocus = row.name;
		const others = Object.entries(this.newSecrets).filter(([name]) => name !== row.name);
		this.put({ new_secrets: Object.fromEntries(others) });
	}
	pair() {
		this.actions?.doAction("marketplace_sync.action_marketplace_settings", { forceLeave: true });
	}
	putSecret(name, value) {
		this.put({ new_secrets: {
			...this.newSecrets,
			[name]: value
		} });
	}
	/** Where problems are shown already, they stay until they are solved. */
	async put(changes) {
		const wasInvalid = this.props.record.isFieldInvalid(this.props.name);
		await this.props.record.update(changes);
		if (wasInvalid) this.check();
	}
	/** Asked before each save: Odoo does not save a record with an invalid field. */
	check() {
		const { record, name, readonly } = this.props;
		if (readonly || !record.dirty) return;
		if (this.settings.some((setting) => this.problemOf(setting) !== null)) record.setInvalidField(name);
	}
	focus() {
		if (this.toFocus === "") return;
		const control = this.root.el?.querySelector(`[data-setting="${this.toFocus}"] :is(input, button)`);
		if (control instanceof HTMLElement) control.focus();
		this.toFocus = "";
	}
};
function registerShopSettings() {
	registry.category("fields").add("shop_settings", {
		component: ShopSettings,
		displayName: _t("Settings of a shop"),
		supportedTypes: ["json"],
		extractProps: () => ({})
	});
}
// web/src/terms.ts
/**
* Codes to sentences a person reads, in the person's language. Each sentence is a literal, where the export of Odoo finds it.
* The table is complete by type: a reason without its sentence does not compile.
*/
var LABELS = {
	not_linked: () => _t("Not linked"),
	pending: () => _t("Pending"),
	syncing: () => _t("Syncing"),
	synced: () => _t("Synced"),
	failed: () => _t("Failed"),
	conflict: () => _t("Conflict")
};
var STATE_SENTENCES = {
	not_linked: () => _t("This record is not linked to a shop."),
	pending: () => _t("The change waits to be sent to the shop."),
	syncing: () => _t("The change is on its way to the shop."),
	synced: () => _t("Odoo and the shop agree."),
	failed: () => _t("The change could not be carried out. The sync log tells more."),
	conflict: () => _t("Odoo and the shop disagree, and a person has to choose.")
};
var REASONS = {
	agreed: () => _t("Odoo and the shop agree."),
	unchanged: () => _t("Nothing changed that the shop would notice."),
	kept: () => _t("This change says nothing about the other side, so nothing was sent or changed."),
	"own-echo": () => _t("The shop told us about our own change."),
	"late-event": () => _t("The shop told us about an older state; it was left aside."),
	"fulfilled-by-shop": () => _t("The shop delivers this order itself, so this change is not sent."),
	"not-owner": () => _t("Another shop leads this order, so this change does not move Odoo."),
	"skipped-by-caller": () => _t("The program that made this change asked not to send it."),
	"both-changed": () => _t("Odoo and the shop both changed. Choose which one is right."),
	"stale-version": () => _t("The order changed in Odoo meanwhile. Look at it again."),
	"business-rule": () => _t("A rule of Odoo does not allow this change. A person has to look."),
	"unmapped-pair": () => _t("The mapping has no status for what this order says now. A person has to look."),
	"unmapped-status": () => _t("The mapping does not say what this status means in Odoo. A person has to look."),
	"illegal-transition": () => _t("The shop does not allow this step from where the order stands."),
	"data-mismatch": () => _t("The order differs between Odoo and the shop in more than its status. A person has to look."),
	"input-needed": () => _t("The shop needs more information first. Fill it in on the order."),
	"buyer-editing": () => _t("The buyer is changing this order in the shop. Wait until the buyer is done."),
	"status-not-settable": () => _t("The shop does not take this status from us. Set it in the shop."),
	"unknown-status": () => _t("The shop sent a status which this connector does not know."),
	sent: () => _t("The shop has the change."),
	applied: () => _t("Odoo has the change."),
	folded: () => _t("Several changes were folded into one."),
	waiting: () => _t("Waiting for its turn."),
	"next-try": () => _t("It will be tried again."),
	busy: () => _t("Odoo is working on this order right now. It will be tried again."),
	paused: () => _t("Synchronisation is paused. The change waits."),
	"sending-off": () => _t("Sending is switched off for this shop. The change waits."),
	"receiving-off": () => _t("Receiving is switched off for this shop."),
	"shop-unreachable": () => _t("The shop cannot be reached. It will be tried again."),
	"shop-error": () => _t("The shop answered with an error."),
	"rate-limited": () => _t("The shop asked us to slow down. It will be tried again."),
	"breaker-open": () => _t("The shop failed several times in a row and is left alone for a moment."),
	"unknown-outcome": () => _t("The shop may or may not have taken the change. This is being found out."),
	timeout: () => _t("The shop did not answer in time. Whether it took the change is being found out."),
	"connection-lost": () => _t("The connection broke. Whether the shop took the change is being found out."),
	"odd-answer": () => _t("The shop gave an answer that makes no sense. Whether it took the change is being found out."),
	unauthorized: () => _t("The shop does not accept our key. Check the key in the settings of the shop."),
	"bad-request": () => _t("The shop did not understand the request."),
	"not-configured": () => _t("The shop is not set up completely. Check its settings."),
	"unknown-order": () => _t("The shop has an order that Odoo does not know."),
	"lost-order": () => _t("The shop no longer knows this order."),
	"loop-broken": () => _t("This change came back to us again and again, so it was stopped."),
	"stock-missing": () => _t("There is not enough stock to do this in Odoo."),
	"goods-left": () => _t("Goods have already left, so Odoo cannot take this back by itself."),
	"order-locked": () => _t("The order is locked in Odoo."),
	"lot-needed": () => _t("A lot or serial number is needed. A person has to enter it in Odoo."),
	"needs-person": () => _t("Odoo asks a question that only a person can answer."),
	"odoo-refused": () => _t("Odoo did not allow this change.")
};
var label = (state) => LABELS[state]();
/** How it came to agree is for the log: a person wants to read that it does. */
var QUIET = /* @__PURE__ */ new Set([
	"unchanged",
	"own-echo",
	"late-event",
	"sent",
	"applied",
	"folded",
	"kept"
]);
/** Why the badge says what it says. A code of a newer server still gets its English sentence, or the state's own. */
function sentence(badge) {
	if (badge.reason === "" || badge.state === "synced" && QUIET.has(badge.reason)) return STATE_SENTENCES[badge.state]();
	const code = badge.reason;
	return isReason(code) ? REASONS[code]() : badge.detail || STATE_SENTENCES[badge.state]();
}
function isReason(code) {
	return Object.hasOwn(REASONS, code);
}
/** "" when nothing is planned, or its time has passed. */
function nextTry(badge) {
	const when = clock(badge.nextTry);
	return badge.state === "pending" && when !== "" ? _t("Next try %s", when) : "";
}
function lastSynced(badge) {
	const when = clock(badge.lastSynced);
	return when === "" ? "" : _t("Last synced %s", when);
}
/** The time of today; otherwise the day with it. */
function clock(iso) {
	const time = luxon.DateTime.fromISO(iso);
	if (iso === "" || !time.isValid) return "";
	const isToday = time.hasSame(luxon.DateTime.now(), "day");
	return time.toLocaleString(isToday ? luxon.DateTime.TIME_SIMPLE : luxon.DateTime.DATETIME_MED);
}
// web/src/widgets/sync_badge/sync_badge.ts
/** Long enough that a mouse passing over a list opens nothing. */
var HOVER_MS = 250;
/** Why the badge says what it says. Reads the same live map, so it turns while it is open. */
var SyncBadgeDetails = class extends Component {
	static template = "marketplace_sync.SyncBadgeDetails";
	static props = {
		link: String,
		close: Function
	};
	badges = {};
	setup() {
		const sync = useService("marketplace_sync");
		this.badges = useState(sync.badges);
		onWillStart(() => sync.explain(this.props.link));
	}
	get badge() {
		return this.badges[this.props.link];
	}
	get reason() {
		return this.badge ? sentence(this.badge) : "";
	}
	/** The server's own words, where they say more than the sentence for the code. */
	get detail() {
		const { badge } = this;
		return badge && isTroubled(badge) && badge.detail !== this.reason ? badge.detail : "";
	}
	get times() {
		const { badge } = this;
		return badge ? [nextTry(badge), lastSynced(badge)].filter((line) => line !== "") : [];
	}
};
var SyncBadge = class extends Component {
	static template = "marketplace_sync.SyncBadge";
	static props = {
		...standardFieldProps,
		compact: {
			type: Boolean,
			optional: true
		}
	};
	badges = {};
	popover = null;
	pill = { el: null };
	/** The field's value that the service knows already. */
	learnt = null;
	timer = 0;
	setup() {
		const sync = useService("marketplace_sync");
		this.badges = useState(sync.badges);
		this.pill = useRef("pill");
		this.popover = usePopover(SyncBadgeDetails, {
			position: "bottom-start",
			popoverClass: "o_marketplace_badge_popover",
			setActiveElement: false,
			role: "tooltip",
			popoverRole: "tooltip"
		});
		useEffect((value) => this.follow(value, sync), () => [this.value]);
		useEffect((badge) => {
			if (badge && !this.props.compact && (badge.reason || isSettled(badge.state))) sync.explain(badge.link);
		}, () => [this.badge]);
		onWillUnmount(() => clearTimeout(this.timer));
	}
	/** Once per value of the record: a form that was reloaded may know more than the messages. */
	follow(value, sync) {
		this.learnt = value;
		const badge = parseBadge(value);
		if (badge === null) return void 0;
		sync.learn(badge);
		sync.show(badge.link);
		return () => sync.hide(badge.link);
	}
	get value() {
		return this.props.record.data[this.props.name];
	}
	get badge() {
		const own = parseBadge(this.value);
		if (own === null) return null;
		const live = this.badges[own.link];
		return live !== void 0 && this.learnt === this.value ? live : read(live, own, false);
	}
	get state() {
		return this.badge?.state ?? "not_linked";
	}
	get face() {
		return FACES[this.state];
	}
	get label() {
		return label(this.state);
	}
	get reason() {
		return this.badge ? sentence(this.badge) : "";
	}
	get isTroubled() {
		return this.badge !== null && isTroubled(this.badge);
	}
	get next() {
		return this.badge ? nextTry(this.badge) : "";
	}
	/** Keyboards reach every badge on a form; in a list only those that have something to explain. */
	get tabIndex() {
		return !this.props.compact || this.isTroubled ? 0 : void 0;
	}
	onPointerEnter() {
		clearTimeout(this.timer);
		this.timer = window.setTimeout(() => this.open(), HOVER_MS);
	}
	onPointerLeave() {
		clearTimeout(this.timer);
		if (document.activeElement !== this.pill.el) this.popover?.close();
	}
	open() {
		clearTimeout(this.timer);
		const { badge } = this;
		if (this.pill.el === null || badge === null || this.popover?.isOpen) return;
		this.popover?.open(this.pill.el, { link: badge.link });
	}
	close() {
		clearTimeout(this.timer);
		this.popover?.close();
	}
};
function registerSyncBadge() {
	registry.category("fields").add("sync_badge", {
		component: SyncBadge,
		displayName: _t("Marketplace sync badge"),
		supportedTypes: ["json"],
		extractProps: ({ viewType }) => ({ compact: viewType !== "form" }),
		listViewWidth: [100, 140]
	});
}
// web/src/main.ts
registerSyncService();
registerSyncBadge();
registerShopSettings();
