#!/usr/bin/env python3
"""Makes active_authentication.json with OpenSSL: made-up keys, answers of chips to challenges.

Raw RSA and ECDSA are OpenSSL's; only the message representative of ISO/IEC 9796-2 is put together here.
Usage: make_active_authentication.py > active_authentication.json
"""
import hashlib
import json
import os
import subprocess
import tempfile


def openssl(*arguments, data=b""):
    return subprocess.run(["openssl", *arguments], input=data, check=True, capture_output=True).stdout


def public_key(path):
    return openssl("pkey", "-in", path, "-pubout", "-outform", "DER")


def rsa(path, bits, challenge, hash_name, trailer, negative=False, padded=0):
    size = bits // 8
    digest_size = hashlib.new(hash_name).digest_size
    header = b"\x6a" if not padded else b"\x6b" + b"\xbb" * (padded - 2) + b"\xba"
    recovered = os.urandom(size - len(header) - digest_size - len(trailer))
    digest = hashlib.new(hash_name, recovered + challenge).digest()
    message = header + recovered + digest + trailer
    assert len(message) == size
    signature = openssl("pkeyutl", "-decrypt", "-inkey", path, "-pkeyopt", "rsa_padding_mode:none", data=message)
    if negative:
        text = openssl("pkey", "-in", path, "-noout", "-text").decode()
        modulus = text.split("modulus:")[1].split("publicExponent")[0]
        modulus = int("".join(modulus.split()).replace(":", ""), 16)
        signature = (modulus - int.from_bytes(signature, "big")).to_bytes(size, "big")
    return signature


def der_to_plain(der, length):
    position = 3 if der[1] & 0x80 else 2
    numbers = []
    for _ in range(2):
        size = der[position + 1]
        numbers.append(int.from_bytes(der[position + 2 : position + 2 + size], "big"))
        position += 2 + size
    return b"".join(number.to_bytes(length, "big") for number in numbers)


def main():
    cases = []
    with tempfile.TemporaryDirectory() as folder:
        def add(name, path, challenge, response, hash_name=None):
            cases.append({
                "name": name,
                "public_key": public_key(path).hex(),
                "challenge": challenge.hex(),
                "response": response.hex(),
                "hash": hash_name,
            })

        trailers = [("sha1", "bc"), ("sha1", "33cc"), ("sha224", "38cc"), ("sha256", "34cc"), ("sha384", "36cc"), ("sha512", "35cc")]
        for bits, exponent in [(2048, "65537"), (1024, "3")]:
            path = os.path.join(folder, f"rsa-{bits}.pem")
            openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{bits}", "-pkeyopt", f"rsa_keygen_pubexp:{exponent}", "-out", path)
            for hash_name, trailer in trailers if bits == 2048 else trailers[:1]:
                challenge = os.urandom(8)
                add(f"RSA-{bits}, {hash_name}, trailer {trailer}", path, challenge, rsa(path, bits, challenge, hash_name, bytes.fromhex(trailer)))
        path = os.path.join(folder, "rsa-2048.pem")
        challenge = os.urandom(8)
        add("RSA-2048, the negative of the signature", path, challenge, rsa(path, 2048, challenge, "sha256", b"\x34\xcc", negative=True))
        challenge = os.urandom(8)
        add("RSA-2048, padding nibbles", path, challenge, rsa(path, 2048, challenge, "sha256", b"\x34\xcc", padded=16))

        for curve, hash_name, length in [("prime256v1", "sha256", 32), ("brainpoolP256r1", "sha256", 32), ("secp384r1", "sha384", 48), ("brainpoolP384r1", "sha384", 48)]:
            path = os.path.join(folder, f"{curve}.pem")
            openssl("genpkey", "-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{curve}", "-out", path)
            challenge = os.urandom(8)
            der = openssl("dgst", f"-{hash_name}", "-sign", path, data=challenge)
            add(f"ECDSA {curve}, r and s", path, challenge, der_to_plain(der, length))
            add(f"ECDSA {curve}, DER", path, challenge, der)
        path = os.path.join(folder, "prime256v1.pem")
        challenge = os.urandom(8)
        der = openssl("dgst", "-sha1", "-sign", path, data=challenge)
        add("ECDSA prime256v1, SHA-1 as DG14 says", path, challenge, der_to_plain(der, 32), "sha1")
    print(json.dumps({"source": "make_active_authentication.py, " + openssl("version").decode().split(" (")[0].strip(), "cases": cases}, indent=1))


main()
