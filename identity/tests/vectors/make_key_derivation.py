#!/usr/bin/env python3
"""Makes key_derivation.json with OpenSSL's digests: KDF of ICAO 9303-11 9.7.1 over made-up secrets.

Usage: make_key_derivation.py > key_derivation.json
"""
import json
import subprocess

CIPHERS = {"3des": ("-sha1", 16), "aes128": ("-sha1", 16), "aes192": ("-sha256", 24), "aes256": ("-sha256", 32)}
# The length of a hash of the MRZ, of a CAN, of a shared x coordinate with a leading zero, of nothing.
SECRETS = [bytes(range(1, 21)), b"012345", bytes(range(32)), b""]


def odd_parity(byte):
    return byte & 0xFE | (bin(byte >> 1).count("1") + 1) % 2


def derive(cipher, secret, counter):
    digest, size = CIPHERS[cipher]
    data = secret + counter.to_bytes(4, "big")
    key = subprocess.run(["openssl", "dgst", digest, "-binary"], input=data, check=True, capture_output=True).stdout
    key = key[:size]
    return bytes(map(odd_parity, key)) if cipher == "3des" else key


answers = [
    {"cipher": cipher, "secret": secret.hex(), "counter": counter, "key": derive(cipher, secret, counter).hex()}
    for cipher in CIPHERS
    for secret in SECRETS
    for counter in (1, 2, 3)
]
print(json.dumps(answers, indent=1))
