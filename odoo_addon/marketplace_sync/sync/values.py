"""Values that cross the wire: ids are decimal strings, times are ISO in UTC, and there is no None."""
from datetime import datetime, timezone

from odoo.exceptions import UserError

from ..const import MAX_ITEMS, MAX_TEXT

ISO_SQL = """'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'"""


def iso(moment):
    """A naive UTC time of Odoo's, or nothing."""
    if not moment:
        return ''
    return moment.isoformat(timespec='milliseconds') + 'Z'


def utc_now():
    return datetime.now(timezone.utc).replace(tzinfo=None)


def parsed_time(value, what):
    """ISO text to Odoo's naive UTC; empty text to None."""
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(text(value, what).replace('Z', '+00:00'))
    except ValueError as error:
        raise UserError(f'REQUEST: {what} "{value}" is not a time such as 2026-11-21T06:47:12.345Z.') from error
    return moment.astimezone(timezone.utc).replace(tzinfo=None) if moment.tzinfo else moment


def id_of(value, what):
    if isinstance(value, str) and value.isdecimal() and len(value) < 19:
        return int(value)
    raise UserError(f'REQUEST: {what} must be an id as a decimal string, not {value!r}.')


def text(value, what, limit=MAX_TEXT):
    if value is None or value is False:
        return ''
    if not isinstance(value, str):
        raise UserError(f'REQUEST: {what} must be text, not {type(value).__name__}.')
    return value[:limit]


def whole(value, what, low, high):
    if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
        return value
    raise UserError(f'REQUEST: {what} must be a whole number from {low} to {high}, not {value!r}.')


def mapping(value, what):
    if isinstance(value, dict):
        return value
    raise UserError(f'REQUEST: {what} must be an object, not {type(value).__name__}.')


def items(request, name):
    found = request.get(name, [])
    if not isinstance(found, list):
        raise UserError(f'REQUEST: {name} must be a list, not {type(found).__name__}.')
    if len(found) > MAX_ITEMS:
        raise UserError(f'REQUEST: {name} holds {len(found)} entries; send at most {MAX_ITEMS} in one call.')
    return found


def word(value, what, words):
    if isinstance(value, str) and value in words:
        return value
    raise UserError(f'REQUEST: {what} must be one of {", ".join(sorted(words))}, not {value!r}.')
