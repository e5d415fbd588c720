"""TLS of clients: the system's trust store, an authority of the team's own, client certificates."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from gameday.clients.connection import Connection, CredentialError

if TYPE_CHECKING:
    import ssl


def tls_context(connection: Connection) -> ssl.SSLContext:
    """Return a context for the connection. Raises CredentialError for files that cannot be used."""
    import ssl

    for path in filter(None, (connection.ca, connection.cert, connection.key)):
        _require_regular_file(path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if not connection.verify:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    elif connection.ca:
        _load_authority(context, connection.ca)
    else:
        context = _system_context()
    if connection.cert:
        _load_client_certificate(context, connection)
    return context


def _require_regular_file(path: str) -> None:
    """Raise CredentialError for a pipe or a device: OpenSSL could read it for ever. A missing file is left to it."""
    if Path(path).exists() and not Path(path).is_file():
        raise CredentialError(f"{path} is not a regular file")


def _system_context() -> ssl.SSLContext:
    """Return a context that trusts what the system trusts, or what SSL_CERT_FILE and SSL_CERT_DIR name."""
    import ssl

    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _load_authority(context: ssl.SSLContext, path: str) -> None:
    import ssl

    try:
        context.load_verify_locations(cafile=path)
    except ssl.SSLError:
        raise CredentialError(f"`ca`: {path} contains no certificate in PEM format") from None
    except OSError as error:
        raise CredentialError(f"`ca`: cannot read {path}: {error.strerror}") from None


def _load_client_certificate(context: ssl.SSLContext, connection: Connection) -> None:
    import ssl

    try:
        context.load_cert_chain(connection.cert, connection.key or None, password=_no_password)
    except ssl.SSLError as error:
        reason = (
            "the certificate and the key do not match" if error.reason == "KEY_VALUES_MISMATCH" else "not in PEM format"
        )
        raise CredentialError(f"`cert` and `key`: {connection.cert} cannot be used: {reason}") from None
    except OSError as error:
        path = connection.cert if error.filename is None else error.filename
        raise CredentialError(f"`cert` and `key`: cannot read {path}: {error.strerror}") from None


def _no_password() -> str:
    """Refuse an encrypted key; OpenSSL would ask for its password on the terminal."""
    raise CredentialError("`key`: the private key is encrypted; name a key without a password")


def certificate_failure(error: BaseException) -> str:
    """Return why TLS refused the server or the client; empty if the connection failed for another reason.

    An end of the connection during the handshake is no answer, as an outage causes it."""
    import ssl

    for cause in causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted: {cause.verify_message or cause.reason}"
        if isinstance(cause, ssl.SSLError) and not isinstance(
            cause, ssl.SSLEOFError | ssl.SSLZeroReturnError | ssl.SSLSyscallError
        ):
            if cause.reason == "WRONG_VERSION_NUMBER":
                return "it does not speak TLS: use http:// or another port"
            if cause.reason and "UNEXPECTED_EOF" not in cause.reason:
                return f"TLS failed: {cause.reason.lower().replace('_', ' ')}"
    return ""


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error with everything that caused it."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
