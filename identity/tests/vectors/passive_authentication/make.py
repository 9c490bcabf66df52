#!/usr/bin/env python3
"""Makes the test data beside it with OpenSSL alone, so that it does not share a mistake with the code it tests.

Run without arguments: python3 make.py (needs openssl 3). Every run makes new keys; none is kept. Nobody in the data exists.
`python3 make.py passports` makes the passports alone, with the files of the first card's chip that lie there.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
NONCE = bytes.fromhex("0123456789abcdef")


def openssl(*arguments, data=None):
    done = subprocess.run(["openssl", *map(str, arguments)], input=data, capture_output=True)
    if done.returncode:
        raise SystemExit(f"openssl {' '.join(map(str, arguments))}\n{done.stderr.decode()}")
    return done.stdout


def tlv(tag, *content):
    content = b"".join(content)
    length = len(content)
    if length < 0x80:
        header = bytes([length])
    else:
        size = (length.bit_length() + 7) // 8
        header = bytes([0x80 | size]) + length.to_bytes(size, "big")
    return bytes.fromhex(tag) + header + content


def oid(text):
    first, second, *rest = map(int, text.split("."))
    out = bytearray()
    for arc in [40 * first + second, *rest]:
        piece = [arc & 0x7F]
        while arc := arc >> 7:
            piece.insert(0, 0x80 | arc & 0x7F)
        out += bytes(piece)
    return tlv("06", out)


def number(value):
    return tlv("02", value.to_bytes(value.bit_length() // 8 + 1, "big"))


def check_digit(text):
    total = sum((0 if c == "<" else int(c, 36)) * (7, 3, 1)[i % 3] for i, c in enumerate(text))
    return str(total % 10)


def dg1(personal_number, birth, sex, expiry, name, state="VNM"):
    document = personal_number[3:]
    first = f"ID{state}{document}{check_digit(document)}{personal_number}<<{check_digit(personal_number)}"
    second = f"{birth}{check_digit(birth)}{sex}{expiry}{check_digit(expiry)}{state}" + "<" * 11
    composite = first[5:] + second[:7] + second[8:15] + second[18:29]
    zone = first + second + check_digit(composite) + name.ljust(30, "<")
    assert len(zone) == 90
    return tlv("61", tlv("5F1F", zone.encode()))


def passport_dg1(number, birth, sex, expiry, name, state, nationality=None):
    digit = lambda text: text + check_digit(text)
    number, birth, expiry, optional = digit(number.ljust(9, "<")), digit(birth), digit(expiry), digit("<" * 14)
    zone = f"P<{state}{name.ljust(39, chr(60))}{number}{nationality or state}{birth}{sex}{expiry}{optional}"
    zone += check_digit(number + birth + expiry + optional)
    assert len(zone) == 88
    return tlv("61", tlv("5F1F", zone.encode()))


def dg13(texts):
    entries = [tlv("30", number(n), tlv("0C", text.encode())) for n, text in texts.items()]
    return tlv("6D", tlv("30", number(1), oid("1.0.10646.1.0.8"), tlv("31", *entries)))


HASHES = {
    "sha1": "1.3.14.3.2.26",
    "sha224": "2.16.840.1.101.3.4.2.4",
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}


def security_object(files, hash_name="sha256", version=0):
    entries = [
        tlv("30", number(n), tlv("04", hashlib.new(hash_name, content).digest())) for n, content in files.items()
    ]
    info = tlv("30", tlv("13", b"0108"), tlv("13", b"040000")) if version else b""
    return tlv("30", number(version), tlv("30", oid(HASHES[hash_name])), tlv("30", *entries), info)


class Issuer:
    """A CSCA and a document signer under it."""

    def __init__(self, folder, kind, digest, *, name="Made-up CSCA", pss_salt=None, explicit=False, signer="", dates=None,
                 country="VN", signer_country=None, csca_dates=None, csca="", key=None):
        self.folder, self.digest, self.pss_salt = folder, digest, pss_salt
        folder.mkdir(parents=True)
        self.kind, self.explicit = kind, explicit
        shutil.copy(key, folder / "csca.key") if key else self.key("csca")
        self.key("ds")
        begin, end = csca_dates or ("20200101000000Z", "20991231235959Z")
        self.certificate("csca", f"/C={country}/O=Test/CN={name}", begin, end, csca or
                         "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\n"
                         "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n")
        begin, end = dates or ("20200101000000Z", "20991231235959Z")
        self.certificate("ds", f"/C={signer_country or country}/O=Test/CN=Made-up DS", begin, end, signer or
                         "keyUsage=critical,digitalSignature\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n")

    def key(self, name):
        if self.kind.startswith("rsa"):
            options = ["-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{self.kind[3:]}"]
        else:
            options = ["-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{self.kind}"]
            options += ["-pkeyopt", f"ec_param_enc:{'explicit' if self.explicit else 'named_curve'}"]
        openssl("genpkey", *options, "-out", self.folder / f"{name}.key")

    def signing(self, flag):
        if self.pss_salt is None:
            return []
        return [flag, "rsa_padding_mode:pss", flag, f"rsa_pss_saltlen:{self.pss_salt}"]

    def certificate(self, name, subject, begin, end, extensions, serial="00D5"):
        # `openssl ca` because it alone takes dates.
        folder = self.folder
        (folder / "index").touch()
        (folder / "serial").write_text("01" if name == "csca" else serial)
        (folder / "ca.cnf").write_text(
            f"[ca]\ndefault_ca=a\n[a]\ndatabase={folder}/index\nserial={folder}/serial\nnew_certs_dir={folder}\n"
            f"default_md={self.digest}\npolicy=p\nunique_subject=no\nx509_extensions=e\ndefault_crl_days=30000\n"
            f"crlnumber={folder}/crlnumber\n"
            f"[p]\ncountryName=optional\norganizationName=optional\ncommonName=optional\n"
            f"[req]\ndistinguished_name=d\nstring_mask=utf8only\n[d]\n[e]\n{extensions}")
        openssl("req", "-new", "-config", folder / "ca.cnf", "-key", folder / f"{name}.key", "-subj", subject, "-out",
                folder / f"{name}.csr")
        self_sign = ["-selfsign", "-keyfile", folder / "csca.key"] if name == "csca" else [
            "-keyfile", folder / "csca.key", "-cert", folder / "csca.pem"]
        openssl("ca", "-batch", "-notext", "-config", folder / "ca.cnf", *self_sign, "-in", folder / f"{name}.csr", "-out",
                folder / f"{name}.pem", "-startdate", begin, "-enddate", end, *self.signing("-sigopt"))

    def der(self, name):
        return openssl("x509", "-in", self.folder / f"{name}.pem", "-outform", "DER")

    def revocation_list(self, revoke, days=None, extensions=""):
        folder = self.folder
        (folder / "crlnumber").write_text("01")
        if revoke:
            openssl("ca", "-config", folder / "ca.cnf", "-keyfile", folder / "csca.key", "-cert", folder / "csca.pem",
                    "-revoke", folder / "ds.pem")
        (folder / "crl.cnf").write_text((folder / "ca.cnf").read_text() + f"[c]\n{extensions}")
        options = ["-crlexts", "c"] if extensions else []
        dates = days or ("20260101000000Z", "20991231235959Z")
        openssl("ca", "-config", folder / "crl.cnf", "-gencrl", *options, "-keyfile", folder / "csca.key", "-cert",
                folder / "csca.pem", "-crl_lastupdate", dates[0], "-crl_nextupdate", dates[1], "-out", folder / "crl.pem",
                *self.signing("-sigopt"))
        return openssl("crl", "-in", folder / "crl.pem", "-outform", "DER")

    def sod(self, content, *options):
        options = list(options)
        if "-noattr" not in options:
            options += ["-nosmimecap"]
        path = self.folder / "content"
        path.write_bytes(content)
        signed = openssl("cms", "-sign", "-binary", "-nodetach", "-outform", "DER", "-econtent_type", "2.23.136.1.1.1",
                         "-md", self.digest, "-signer", self.folder / "ds.pem", "-inkey", self.folder / "ds.key", "-in",
                         path, *options, *self.signing("-keyopt"))
        return tlv("77", signed)


def rsa_active_authentication(key, nonce):
    """ISO/IEC 9796-2 scheme 1 with SHA-256 (trailer 34CC), partial recovery, as ICAO 9303-11 6.1 wants."""
    bits = 2048
    length = bits // 8
    recovered = os.urandom(length - 1 - 32 - 2)
    digest = hashlib.sha256(recovered + nonce).digest()
    block = b"\x6a" + recovered + digest + b"\x34\xcc"
    assert len(block) == length
    signature = int.from_bytes(openssl("pkeyutl", "-decrypt", "-inkey", key, "-pkeyopt", "rsa_padding_mode:none", data=block))
    return signature.to_bytes(length, "big")


def ecdsa_active_authentication(key, nonce, size):
    """Plain r and s (BSI TR-03111 5.2.1) over SHA-256."""
    der = openssl("dgst", "-sha256", "-sign", key, data=nonce)
    text = openssl("asn1parse", "-inform", "DER", data=der).decode()
    return b"".join(int(value, 16).to_bytes(size, "big") for value in re.findall(r"INTEGER\s+:([0-9A-F]+)", text))


def write(name, content):
    (HERE / name).write_bytes(content)


def passports(work):
    """Foreigners' passports: DG1 and DG2, the first card's DG14 and DG15, no DG13."""
    kept = {n: (HERE / f"dg{n}.bin").read_bytes() for n in (14, 15)}
    face = tlv("75", b"no picture: only its hash is looked at")
    write("dg2.bin", face)
    zone = ("C01X00T47", "900517", "F", "330516", "BEISPIEL<<ANNA<LENA")

    def passport(name, fields=zone, state="D<<", of_chip=kept, change=lambda dg1: dg1, nationality=None, **options):
        issuer = Issuer(work / name, "brainpoolP384r1", "sha256", **({"country": "DE"} | options))
        zone = change(passport_dg1(*fields, state, nationality))
        write(f"{name}-dg1.bin", zone)
        write(f"{name}.bin", issuer.sod(security_object({1: zone, 2: face} | of_chip)))
        write(f"{name}.cer", issuer.der("csca"))

    passport("passport")
    passport("passport-without-key", of_chip={})
    passport("passport-stateless", nationality="XXA")
    passport("passport-truncated", (*zone[:4], "MUSTERMANN<BEISPIELHAUSEN<<EVA<FRIEDERIKE"[:39]))
    passport("passport-birth-unknown", (zone[0], "90<<<<", *zone[2:]))
    passport("passport-expired", (*zone[:3], "260914", zone[4]))
    passport("passport-last-day", (*zone[:3], "260915", zone[4]))
    passport("passport-of-another-state", state="FRA")
    passport("passport-german-by-iso", state="DEU")
    passport("passport-vietnamese", state="VNM", country="VN")
    passport("passport-wrong-digit", change=lambda dg1: dg1[:-1] + bytes([48 + (dg1[-1] - 47) % 10]))
    types = tlv("30", number(0), tlv("31", tlv("13", b"ID")))
    passport("passport-signer-of-cards", signer=f"keyUsage=critical,digitalSignature\n2.23.136.1.1.6.2=critical,DER:{types.hex()}\n")


def main():
    if sys.argv[1:] == ["passports"]:
        with tempfile.TemporaryDirectory() as work:
            return passports(Path(work))
    for old in HERE.iterdir():
        if old.suffix in (".bin", ".cer", ".crl"):
            old.unlink()
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)

        openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", work / "aa-rsa.key")
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-out", work / "aa-ec.key")
        public = lambda name: openssl("pkey", "-in", work / name, "-pubout", "-outform", "DER")
        card_access = bytes.fromhex(
            "3134300d060804007f0007020202020101300f060a04007f000702020302020201013012060a04007f0007020204020202010202010d")
        plain_ecdsa = tlv("30", oid("2.23.136.1.1.5"), number(1), oid("0.4.0.127.0.7.1.1.4.1.3"))
        person = {
            1: "001148012345", 2: "Nguyễn Thị Hoà", 3: "02/03/1948", 4: "Nữ", 5: "Việt Nam", 8: "Xã Mẫu, Hà Nội",
            9: "Thôn 1, Xã Mẫu, Hà Nội", 11: "10/05/2022", 12: "Không thời hạn", 15: "012345678",
        }
        zone = ("001148012345", "480302", "F", "991231", "NGUYEN<<THI<HOA")
        files = {
            1: dg1(*zone),
            13: dg13(person),
            14: tlv("6E", card_access),
            15: tlv("6F", public("aa-rsa.key")),
        }
        write("card-access.bin", card_access)
        for n, content in files.items():
            write(f"dg{n}.bin", content)
        write("aa-rsa-answer.bin", rsa_active_authentication(work / "aa-rsa.key", NONCE))
        write("dg15-ec.bin", tlv("6F", public("aa-ec.key")))
        write("dg14-ec.bin", tlv("6E", tlv("31", plain_ecdsa, card_access[2:])))
        write("aa-ec-answer.bin", ecdsa_active_authentication(work / "aa-ec.key", NONCE, 32))

        good = security_object(files)
        main_issuer = Issuer(work / "main", "brainpoolP384r1", "sha256")
        write("main.cer", main_issuer.der("csca"))
        write("main-ds.cer", main_issuer.der("ds"))
        write("main.bin", main_issuer.sod(good))

        # Each algorithm: its own CSCA signs its own document signer with it.
        for name, kind, digest, options in [
            ("brainpoolP256r1-sha256", "brainpoolP256r1", "sha256", {}),
            ("brainpoolP384r1-sha384", "brainpoolP384r1", "sha384", {}),
            ("p256-sha256", "prime256v1", "sha256", {}),
            ("p256-sha512", "prime256v1", "sha512", {}),
            ("p256-explicit", "prime256v1", "sha256", {"explicit": True}),
            ("brainpoolP384r1-explicit", "brainpoolP384r1", "sha256", {"explicit": True}),
            ("p384-sha384", "secp384r1", "sha384", {}),
            ("p384-sha256", "secp384r1", "sha256", {}),
            ("p384-sha1", "secp384r1", "sha1", {}),
            ("rsa2048-pkcs1-sha256", "rsa2048", "sha256", {}),
            ("rsa4096-pkcs1-sha512", "rsa4096", "sha512", {}),
            ("rsa2048-pkcs1-sha1", "rsa2048", "sha1", {}),
            ("rsa3072-pss-sha256-salt32", "rsa3072", "sha256", {"pss_salt": 32}),
            ("rsa2048-pss-sha256-salt20", "rsa2048", "sha256", {"pss_salt": 20}),
            ("rsa2048-pss-sha512-salt64", "rsa2048", "sha512", {"pss_salt": 64}),
            ("rsa2048-pss-sha1-salt20", "rsa2048", "sha1", {"pss_salt": 20}),
        ]:
            issuer = Issuer(work / name, kind, digest, **options)
            write(f"algorithm-{name}.cer", issuer.der("csca"))
            write(f"algorithm-{name}.bin", issuer.sod(good))
        # What this software must not verify.
        issuer = Issuer(work / "p521", "secp521r1", "sha512")
        write("unsupported-p521.bin", issuer.sod(good))
        write("unsupported-p521.cer", issuer.der("csca"))
        issuer = Issuer(work / "rsa1024", "rsa1024", "sha256")
        write("unsupported-rsa1024.bin", issuer.sod(good))

        # Other forms of the security object, by the main issuer.
        for hash_name in HASHES:
            write(f"hash-{hash_name}.bin", main_issuer.sod(security_object(files, hash_name)))
        write("version-1.bin", main_issuer.sod(security_object(files, version=1)))
        write("key-identifier.bin", main_issuer.sod(good, "-keyid"))
        write("no-attributes.bin", main_issuer.sod(good, "-noattr"))
        write("no-certificate.bin", main_issuer.sod(good, "-nocerts"))
        content = main_issuer.folder / "other-content"
        content.write_bytes(good)
        write("other-content.bin", tlv("77", openssl(
            "cms", "-sign", "-binary", "-nodetach", "-outform", "DER", "-md", "sha256", "-signer",
            main_issuer.folder / "ds.pem", "-inkey", main_issuer.folder / "ds.key", "-in", content)))

        # Other cards, by the main issuer. Files that are not named here are the first card's.
        def card(name, **changed):
            own = dict(files)
            for key, content in changed.items():
                n = int(key[2:])
                if content is None:
                    del own[n]
                else:
                    own[n] = content
                    write(f"{name}-dg{n}.bin", content)
            write(f"{name}.bin", main_issuer.sod(security_object(own)))

        card("other-number", dg13=dg13(person | {1: "001148012346"}))
        card("other-birth", dg13=dg13(person | {3: "02/03/1949"}))
        card("year-only", dg13=dg13(person | {3: "1948"}), dg1=dg1(zone[0], "48<<<<", *zone[2:]))
        card("over-100", dg13=dg13(person | {1: "001020012345", 3: "01/02/1920"}),
             dg1=dg1("001020012345", "200201", *zone[2:]))
        card("expired", dg13=dg13(person | {12: "14/09/2026"}), dg1=dg1(*zone[:3], "260914", zone[4]))
        card("last-day", dg13=dg13(person | {12: "15/09/2026"}), dg1=dg1(*zone[:3], "260915", zone[4]))
        card("issued-later", dg13=dg13(person | {11: "16/09/2026"}))
        card("dates-unreadable", dg13=dg13(person | {12: "mãi mãi"}))
        card("birth-unreadable", dg13=dg13(person | {3: "khoảng 1948"}))
        card("no-expiry-entry", dg13=dg13({n: t for n, t in person.items() if n != 12}))
        card("bare", dg13=dg13({}))
        card("dg13-malformed", dg13=tlv("6D", b"\x30\x05"))
        card("no-key", dg14=None, dg15=None)
        card("only-dg14", dg15=None)
        card("ec", dg14=(HERE / "dg14-ec.bin").read_bytes(), dg15=(HERE / "dg15-ec.bin").read_bytes())

        # Other signers.
        def signer(file, zone_of=None, **options):
            issuer = Issuer(work / file, "brainpoolP384r1", "sha256", **options)
            content = good
            if zone_of:
                write(f"{file}-dg1.bin", dg1(*zone, state=zone_of))
                content = security_object({1: dg1(*zone, state=zone_of), 14: files[14], 15: files[15]})
            write(f"{file}.bin", issuer.sod(content))
            write(f"{file}.cer", issuer.der("csca"))

        signer("unknown-issuer", name="Nobody's CSCA")
        signer("same-name")
        signer("expired-signer", dates=("20200101000000Z", "20250101000000Z"))
        signer("later-signer", dates=("20300101000000Z", "20991231235959Z"))
        signer("expired-csca", csca_dates=("20100101000000Z", "20250101000000Z"))
        signer("small-letters", country="vn")
        signer("signer-is-authority", signer="basicConstraints=critical,CA:TRUE\nkeyUsage=critical,digitalSignature\n")
        signer("signer-may-not-sign", signer="keyUsage=critical,keyEncipherment\n")
        signer("signer-of-master-lists", signer="keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,2.23.136.1.1.3\n")
        signer("signer-with-unknown-critical", signer="1.2.3.4=critical,ASN1:NULL\n")
        signer("csca-without-constraints", csca="keyUsage=critical,keyCertSign\n")
        signer("another-state", country="LA")
        signer("zone-of-another-state", zone_of="LAO")
        signer("german", country="DE", zone_of="D<<")
        # DocumentTypeList (ICAO 9303-12 table 5).
        kinds = lambda content: f"keyUsage=critical,digitalSignature\n2.23.136.1.1.6.2=critical,DER:{content.hex()}\n"
        types = lambda *names: tlv("30", number(0), tlv("31", *(tlv("13", name) for name in names)))
        signer("signer-of-cards", signer=kinds(types(b"ID", b"P")))
        signer("signer-of-letter", signer=kinds(types(b"I")))
        signer("signer-of-passports", signer=kinds(types(b"P", b"IA")))
        signer("marked", signer="keyUsage=critical,digitalSignature\n2.25.2862933555.1=ASN1:NULL\n",
               csca="basicConstraints=critical,CA:TRUE\n2.25.2862933555.1=ASN1:NULL\n")
        # The same key with newer dates.
        renewed = Issuer(work / "renewed", "brainpoolP384r1", "sha256", key=work / "expired-csca" / "csca.key")
        write("renewed-csca.cer", renewed.der("csca"))
        # The main issuer's key under a new name.
        renamed = Issuer(work / "renamed", "brainpoolP384r1", "sha256", name="New name", key=work / "main" / "csca.key")
        write("renamed-csca.cer", renamed.der("csca"))

        # A link certificate: the next key of the CSCA, certified by the main one under the same name.
        shutil.copy(main_issuer.folder / "ds.key", main_issuer.folder / "kept.key")
        shutil.copy(main_issuer.folder / "ds.pem", main_issuer.folder / "kept.pem")
        main_issuer.key("ds")
        main_issuer.certificate("ds", "/C=VN/O=Test/CN=Made-up CSCA", "20260101000000Z", "20991231235959Z",
                                "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\n"
                                "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n", serial="00D6")
        write("link.cer", main_issuer.der("ds"))
        shutil.copy(main_issuer.folder / "kept.key", main_issuer.folder / "ds.key")
        shutil.copy(main_issuer.folder / "kept.pem", main_issuer.folder / "ds.pem")

        write("none-revoked.crl", main_issuer.revocation_list(False))
        write("delta.crl", main_issuer.revocation_list(False, extensions="2.5.29.27=critical,DER:020101\n"))
        write("future.crl", main_issuer.revocation_list(False, ("20300101000000Z", "20991231235959Z")))
        write("stale.crl", main_issuer.revocation_list(False, ("20200101000000Z", "20260101000000Z")))
        revoked = main_issuer.revocation_list(True)
        write("signer-revoked.crl", revoked)
        forged = bytearray(revoked)
        forged[-1] ^= 1
        write("forged.crl", bytes(forged))

        passports(work)


if __name__ == "__main__":
    main()
