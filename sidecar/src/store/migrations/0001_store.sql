-- The inbox: what the shops told us, before they got their answer.
CREATE TABLE inbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  shop TEXT NOT NULL,
  ref TEXT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('webhook', 'poll', 'answer')),
  change TEXT NOT NULL CHECK (json_valid(change)),
  digest TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'unknown-order', 'closed')),
  outcome TEXT CHECK (outcome IN ('applied', 'nothing', 'conflict', 'refused', 'failed', 'folded')),
  detail TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  received_at TEXT NOT NULL,
  -- empty: at once, whatever the clock says
  due_at TEXT NOT NULL,
  CHECK ((state = 'closed') = (outcome IS NOT NULL))
) STRICT;
CREATE INDEX inbox_of_order ON inbox (shop, ref, id);
-- Partial indexes hold the working set only, so that they cost the same whatever the history.
CREATE INDEX inbox_waiting ON inbox (due_at, id) WHERE state = 'waiting';
CREATE INDEX inbox_unknown ON inbox (shop, ref, id) WHERE state = 'unknown-order';

-- The operations: one intended effect each, recorded before it is carried out.
CREATE TABLE operations (
  id TEXT PRIMARY KEY NOT NULL,
  direction TEXT NOT NULL CHECK (direction IN ('out', 'in')),
  link TEXT NOT NULL,
  shop TEXT NOT NULL,
  ref TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('recorded', 'sending', 'unknown', 'done', 'closed')),
  path TEXT NOT NULL CHECK (json_valid(path)),
  step INTEGER NOT NULL,
  rows TEXT NOT NULL CHECK (json_valid(rows)),
  version TEXT NOT NULL,
  base TEXT CHECK (json_valid(base)),
  ours TEXT NOT NULL CHECK (json_valid(ours)),
  theirs TEXT,
  agreed TEXT CHECK (json_valid(agreed)),
  inputs TEXT NOT NULL CHECK (json_valid(inputs)),
  "trigger" TEXT NOT NULL,
  user TEXT NOT NULL,
  hops INTEGER NOT NULL,
  inbox TEXT,
  attempts INTEGER NOT NULL,
  due_at TEXT NOT NULL,
  reason TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  ack TEXT CHECK (json_valid(ack)),
  apply TEXT CHECK (json_valid(apply))
) STRICT;
CREATE INDEX operations_open ON operations (id) WHERE state <> 'closed';
CREATE INDEX operations_open_of_link ON operations (link, id) WHERE state <> 'closed';

-- The attempts: each try to carry an operation out.
CREATE TABLE attempts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  operation TEXT NOT NULL REFERENCES operations (id),
  at TEXT NOT NULL,
  number INTEGER NOT NULL,
  "to" TEXT NOT NULL,
  outcome TEXT NOT NULL,
  code TEXT NOT NULL,
  answer TEXT NOT NULL,
  duration_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX attempts_of_operation ON attempts (operation, id);

-- The links: a cache of what Odoo holds, rebuilt from there at any time.
CREATE TABLE links (
  id TEXT PRIMARY KEY NOT NULL,
  shop TEXT NOT NULL,
  ref TEXT NOT NULL,
  owner INTEGER NOT NULL CHECK (owner IN (0, 1)),
  fulfilled_by TEXT NOT NULL CHECK (fulfilled_by IN ('us', 'shop')),
  version TEXT NOT NULL,
  base TEXT CHECK (json_valid(base)),
  ours TEXT NOT NULL CHECK (json_valid(ours)),
  theirs TEXT,
  sent TEXT NOT NULL CHECK (json_valid(sent)),
  needs TEXT NOT NULL CHECK (json_valid(needs)),
  updated_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX links_by_ref ON links (shop, ref);

CREATE TABLE settings (
  name TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Secrets are sealed before they come here (AES-256-GCM, bound to shop and name).
CREATE TABLE secrets (
  shop TEXT NOT NULL,
  name TEXT NOT NULL,
  sealed TEXT NOT NULL,
  set_at TEXT NOT NULL,
  PRIMARY KEY (shop, name)
) STRICT, WITHOUT ROWID;
