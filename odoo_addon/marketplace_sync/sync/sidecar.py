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
        raise SidecarError(f'"{url}" is not an address. It looks like http://127.0.0.1:8787')
    kind = http.client.HTTPSConnection if parts.scheme == 'https' else http.client.HTTPConnection
    return kind(parts.hostname, parts.port, timeout=timeout)


def path_of(url, path):
    return urlsplit(url).path.rstrip('/') + path


def ask(url, path, payload, *, key=''):
    """One explicit question of a manager. Answers the parsed JSON or raises SidecarError."""
    body = json.dumps(payload).encode()
    headers = signed_headers(key, body) if key else {'content-type': 'application/json'}
    connection = connect(url, ASK_SECONDS)
    try:
        connection.request('POST', path_of(url, path), body, headers)
        response = connection.getresponse()
        return _parsed(url, response.status, response.read())
    except (OSError, http.client.HTTPException) as error:
        raise SidecarError(_not_reached(url, error)) from error
    finally:
        connection.close()


def _parsed(url, status, raw):
    try:
        answer = json.loads(raw or b'{}')
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise SidecarError(f'Something else than the sidecar answers at {url}. Please correct the address.')
    if status < 300:
        return answer
    error = answer.get('error')
    message = error.get('message') if isinstance(error, dict) else ''
    raise SidecarError(message or f'The sidecar at {url} refused with HTTP status {status}.')


def _not_reached(url, error):
    if isinstance(error, socket.gaierror):
        return f'The name in {url} is not known on the network. Please correct the address.'
    if isinstance(error, TimeoutError):
        return f'The sidecar at {url} did not answer within {ASK_SECONDS} seconds. Is it busy, or is a firewall in between?'
    return f'The sidecar does not answer at {url}. Is it running? Start it with npm start, or correct the address.'
