"""Cases that are about HTTP and not about the body: methods, credentials, status calls."""
