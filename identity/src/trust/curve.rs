//! The curves that issuers' keys lie on, named or with every parameter written out.

use const_oid::{
    ObjectIdentifier,
    db::{
        rfc5639::{BRAINPOOL_P_256_R_1, BRAINPOOL_P_384_R_1},
        rfc5912::{SECP_256_R_1, SECP_384_R_1},
    },
};

use super::signature::strip;
use crate::tlv::{Reader, Tlv, TlvError};

/// `prime-field` (X9.62).
const PRIME_FIELD: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.1.1");

/// A curve that this software verifies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Curve {
    /// NIST P-256 (secp256r1).
    P256,
    /// NIST P-384 (secp384r1).
    P384,
    /// brainpoolP256r1 (RFC 5639).
    BrainpoolP256r1,
    /// brainpoolP384r1 (RFC 5639).
    BrainpoolP384r1,
}

/// Prime, a, b, base point x and y, and order (big-endian hex) of a curve whose cofactor is 1.
struct Parameters {
    prime: &'static str,
    a: &'static str,
    b: &'static str,
    x: &'static str,
    y: &'static str,
    order: &'static str,
}

impl Curve {
    const ALL: [Self; 4] = [Self::P256, Self::P384, Self::BrainpoolP256r1, Self::BrainpoolP384r1];

    /// Bytes of a coordinate.
    pub const fn field_len(self) -> usize {
        match self {
            Self::P256 | Self::BrainpoolP256r1 => 32,
            Self::P384 | Self::BrainpoolP384r1 => 48,
        }
    }

    const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::P256 => SECP_256_R_1,
            Self::P384 => SECP_384_R_1,
            Self::BrainpoolP256r1 => BRAINPOOL_P_256_R_1,
            Self::BrainpoolP384r1 => BRAINPOOL_P_384_R_1,
        }
    }

    /// SEC 2 2.4.2 and 2.5.1, RFC 5639 3.4 and 3.6.
    const fn parameters(self) -> Parameters {
        match self {
            Self::P256 => Parameters {
                prime: "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF",
                a: "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFC",
                b: "5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B",
                x: "6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296",
                y: "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5",
                order: "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
            },
            Self::P384 => Parameters {
                prime: "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFF0000000000000000FFFFFFFF",
                a: "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFFFF0000000000000000FFFFFFFC",
                b: "B3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF",
                x: "AA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7",
                y: "3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F",
                order: "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973",
            },
            Self::BrainpoolP256r1 => Parameters {
                prime: "A9FB57DBA1EEA9BC3E660A909D838D726E3BF623D52620282013481D1F6E5377",
                a: "7D5A0975FC2C3057EEF67530417AFFE7FB8055C126DC5C6CE94A4B44F330B5D9",
                b: "26DC5C6CE94A4B44F330B5D9BBD77CBF958416295CF7E1CE6BCCDC18FF8C07B6",
                x: "8BD2AEB9CB7E57CB2C4B482FFC81B7AFB9DE27E1E3BD23C23A4453BD9ACE3262",
                y: "547EF835C3DAC4FD97F8461A14611DC9C27745132DED8E545C1D54C72F046997",
                order: "A9FB57DBA1EEA9BC3E660A909D838D718C397AA3B561A6F7901E0E82974856A7",
            },
            Self::BrainpoolP384r1 => Parameters {
                prime: "8CB91E82A3386D280F5D6F7E50E641DF152F7109ED5456B412B1DA197FB71123ACD3A729901D1A71874700133107EC53",
                a: "7BC382C63D8C150C3C72080ACE05AFA0C2BEA28E4FB22787139165EFBA91F90F8AA5814A503AD4EB04A8C7DD22CE2826",
                b: "04A8C7DD22CE28268B39B55416F0447C2FB77DE107DCD2A62E880EA53EEB62D57CB4390295DBC9943AB78696FA504C11",
                x: "1D1C64F068CF45FFA2A63A81B7C13F6B8847A3E77EF14FE3DB7FCAFE0CBD10E8E826E03436D646AAEF87B2E247D4AF1E",
                y: "8ABE1D7520F9C2A45CB1EB8E95CFD55262B70B29FEEC5864E19C054FF99129280E4646217791811142820341263C5315",
                order: "8CB91E82A3386D280F5D6F7E50E641DF152F7109ED5456B31F166E6CAC0425A7CF3AB6AF6B7FC3103B883202E9046565",
            },
        }
    }

    /// The curve that an EcpkParameters names (RFC 5480 2.1.1), or whose every value it states (X9.62; ICAO 9303-12
    /// 4.4.2 wants that form). `None` for any other: a curve that differs in one value may be one whose keys the
    /// attacker knows.
    pub(crate) fn from_parameters(parameters: Tlv<'_>) -> Option<Self> {
        match parameters.tag {
            0x06 => Self::ALL.into_iter().find(|curve| curve.oid().as_bytes() == parameters.value),
            0x30 => explicit(parameters.value).ok().flatten(),
            _ => None,
        }
    }
}

fn explicit(content: &[u8]) -> Result<Option<Curve>, TlvError> {
    let mut reader = Reader::new(content);
    reader.expect_tag(0x02)?;
    let mut field = Reader::new(reader.expect_tag(0x30)?);
    if field.expect_tag(0x06)? != PRIME_FIELD.as_bytes() {
        return Ok(None);
    }
    let prime = field.expect_tag(0x02)?;
    let mut equation = Reader::new(reader.expect_tag(0x30)?);
    let (a, b) = (equation.expect_tag(0x04)?, equation.expect_tag(0x04)?);
    let base = reader.expect_tag(0x04)?;
    let order = reader.expect_tag(0x02)?;
    let cofactor = reader.next_object()?;
    if cofactor.is_some_and(|object| object != Tlv { tag: 0x02, value: &[1] }) {
        return Ok(None);
    }
    Ok(Curve::ALL.into_iter().find(|curve| {
        let known = curve.parameters();
        equals(prime, known.prime)
            && equals(a, known.a)
            && equals(b, known.b)
            && equals(order, known.order)
            && is_base(base, &known)
    }))
}

/// Whether the number `bytes` is the one that `hex` writes.
fn equals(bytes: &[u8], hex: &str) -> bool {
    hex::decode(hex).is_ok_and(|known| strip(&known) == strip(bytes))
}

/// Whether `point`, uncompressed or compressed, is the base point.
fn is_base(point: &[u8], known: &Parameters) -> bool {
    let Some((form, coordinates)) = point.split_first() else { return false };
    let odd = !known.y.ends_with(['0', '2', '4', '6', '8', 'A', 'C', 'E']);
    match form {
        4 => {
            let (x, y) = coordinates.split_at(coordinates.len() / 2);
            x.len() == y.len() && equals(x, known.x) && equals(y, known.y)
        }
        2 => !odd && equals(coordinates, known.x),
        3 => odd && equals(coordinates, known.x),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tlv;

    fn integer(hex: &str) -> Vec<u8> {
        tlv::write(0x02, &[vec![0], hex::decode(hex).unwrap()].concat())
    }

    fn octets(hex: &str) -> Vec<u8> {
        tlv::write(0x04, &hex::decode(hex).unwrap())
    }

    fn written_out(curve: Curve, change: impl Fn(&mut [Vec<u8>; 6])) -> Vec<u8> {
        let known = curve.parameters();
        let mut values = [
            integer(known.prime),
            octets(known.a),
            octets(known.b),
            octets(&format!("04{}{}", known.x, known.y)),
            integer(known.order),
            vec![0x02, 0x01, 0x01],
        ];
        change(&mut values);
        let [prime, a, b, base, order, cofactor] = values;
        let field = tlv::write(0x30, &[tlv::write(0x06, PRIME_FIELD.as_bytes()), prime].concat());
        let equation = tlv::write(0x30, &[a, b].concat());
        [vec![0x02, 0x01, 0x01], field, equation, base, order, cofactor].concat()
    }

    #[test]
    fn written_out_curves_are_known_and_a_change_in_any_value_is_not() {
        for curve in Curve::ALL {
            assert_eq!(explicit(&written_out(curve, |_| ())).unwrap(), Some(curve));
            for changed in 0..6 {
                let parameters = written_out(curve, |values| *values[changed].last_mut().unwrap() ^= 2);
                assert_eq!(explicit(&parameters).unwrap(), None, "{curve:?} {changed}");
            }
        }
    }

    #[test]
    fn a_compressed_base_point_is_known_by_its_parity() {
        for curve in Curve::ALL {
            let known = curve.parameters();
            let found = ["02", "03"].map(|form| {
                let base = octets(&format!("{form}{}", known.x));
                explicit(&written_out(curve, |values| values[3] = base.clone())).unwrap()
            });
            assert!(found.contains(&Some(curve)) && found.contains(&None), "{curve:?}");
        }
    }
}
