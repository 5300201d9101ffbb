"""How the secrets of OAuth clients are kept."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class RandomSecretHasher(PBKDF2PasswordHasher):
    """Salted SHA-256, once: what is random over hundreds of bits cannot be guessed, so that slowness gains nothing."""

    algorithm = "pbkdf2_sha256_once"
    iterations = 1
