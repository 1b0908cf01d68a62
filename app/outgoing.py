"""What outgoing connections trust: the authorities of the operating system's store, as pip does.

A hospital's proxy often signs what passes through it with an authority of the site, which its administrators
put into that store. `SSL_CERT_FILE`, read by OpenSSL, and `REQUESTS_CA_BUNDLE`, read by requests, name
others.
"""

import truststore


def trust_the_system() -> None:
    """Let every TLS connection of this process trust what the operating system trusts."""
    truststore.inject_into_ssl()
