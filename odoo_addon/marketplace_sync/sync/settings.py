"""Values of a shop's settings, by the schema that its connector announced."""
from odoo.exceptions import ValidationError


def plain_fields(schema):
    return {field['name']: field for field in schema if field['type'] != 'secret'}


def secret_fields(schema):
    return {field['name']: field for field in schema if field['type'] == 'secret'}


def effective(schema, values):
    """What holds: what a person filled in, and the defaults of the rest."""
    found = {}
    for name, field in plain_fields(schema).items():
        value = values.get(name, field.get('default'))
        if field['type'] == 'boolean':
            found[name] = bool(value)
        elif value not in ('', None):
            found[name] = value
    return found


def missing(schema, filled):
    """The labels of required fields without a value."""
    return [field['label'] for field in schema if field.get('required') and field['name'] not in filled]


def checked(env, field, value):
    """The value as it is kept; None for an emptied one. A wrong value is named by its label."""
    if value in ('', None):
        return None
    kind, label = field['type'], field['label']
    if kind == 'boolean':
        return bool(value)
    if kind == 'integer':
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError(env._('"%s" must be a whole number.', label))
        return value
    if not isinstance(value, str):
        raise ValidationError(env._('"%s" must be text.', label))
    value = value.strip()
    if kind == 'url' and value and not value.startswith(('http://', 'https://')):
        raise ValidationError(env._('"%s" must be an address that begins with https:// or http://.', label))
    if kind == 'choice':
        _check_choice(env, field, value)
    return value or None


def _check_choice(env, field, value):
    choices = {choice['value']: choice['label'] for choice in field.get('choices', [])}
    if value not in choices:
        allowed = ', '.join(choices.values())
        raise ValidationError(env._('"%(label)s" must be one of: %(choices)s.', label=field['label'], choices=allowed))
