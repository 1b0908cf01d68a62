"""Tokens for services: the OAuth 2.0 token endpoint, its metadata and its public keys."""
