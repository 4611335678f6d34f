"""Calls to the sidecar: Standard Webhooks signatures, the standard library, and sentences for what goes wrong."""
import base64
import hashlib
import hmac
import http.client
import json
import socket
import time
import uuid
from urllib.parse import urlsplit

ASK_SECONDS = 3


class SidecarError(Exception):
    """The message is a sentence for a person."""


def signed_headers(key, body, *, message_id=None, timestamp=None):
    message_id = message_id or f'msg_{uuid.uuid4().hex}'
    timestamp = str(timestamp or int(time.time()))
    secret = base64.b64decode(key.removeprefix('whsec_'))
    signed = b'.'.join([message_id.encode(), timestamp.encode(), body])
    signature = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    return {
        'content-type': 'application/json',
        'webhook-id': message_id,
        'webhook-timestamp': timestamp,
        'webhook-signature': f'v1,{signature}',
    }


def connect(url, timeout):
    parts = urlsplit(url)
    if parts.scheme not in ('http', 'https') or not parts.hostname:
        raise ValueError(f'{url} is not an address')
    kind = http.client.HTTPSConnection if parts.scheme == 'https' else http.client.HTTPConnection
    return kind(parts.hostname, parts.port, timeout=timeout)


def path_of(url, path):
    return urlsplit(url).path.rstrip('/') + path


def ask(env, url, path, payload, *, key=''):
    """One explicit question of a manager. Answers the parsed JSON or raises SidecarError."""
    body = json.dumps(payload).encode()
    headers = signed_headers(key, body) if key else {'content-type': 'application/json'}
    try:
        connection = connect(url, ASK_SECONDS)
    except ValueError as error:
        raise SidecarError(env._('"%s" is not an address. It looks like http://127.0.0.1:8787', url)) from error
    try:
        connection.request('POST', path_of(url, path), body, headers)
        response = connection.getresponse()
        return _parsed(env, url, response.status, response.read())
    except (OSError, http.client.HTTPException) as error:
        raise SidecarError(_not_reached(env, url, error)) from error
    finally:
        connection.close()


def _parsed(env, url, status, raw):
    try:
        answer = json.loads(raw or b'{}')
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise SidecarError(env._('Something else than the sidecar answers at %s. Please correct the address.', url))
    if status < 300:
        return answer
    error = answer.get('error')
    message = error.get('message') if isinstance(error, dict) else ''
    raise SidecarError(message or env._('The sidecar at %(url)s refused with HTTP status %(status)s.', url=url, status=status))


def _not_reached(env, url, error):
    if isinstance(error, socket.gaierror):
        return env._('The name in %s is not known on the network. Please correct the address.', url)
    if isinstance(error, TimeoutError):
        return env._(
            'The sidecar at %(url)s did not answer within %(seconds)s seconds. Is it busy, or is a firewall in between?',
            url=url,
            seconds=ASK_SECONDS,
        )
    return env._('The sidecar does not answer at %s. Is it running? Start it with npm start, or correct the address.', url)
