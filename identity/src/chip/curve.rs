//! Points of the curves that PACE and chip authentication use, as bytes (SEC 1, uncompressed).

use bp256::r1::BrainpoolP256r1;
use p256::{
    NistP256,
    elliptic_curve::{
        AffinePoint, CurveArithmetic, FieldBytes, FieldBytesSize, Group as _, ProjectivePoint, Scalar,
        ff::PrimeField as _,
        sec1::{FromSec1Point, ModulusSize, Sec1Point, ToSec1Point},
    },
};
use thiserror::Error;
use zeroize::Zeroizing;

/// A standardised curve (ICAO Doc 9303-11 table 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Curve {
    /// NIST P-256 (secp256r1), parameter 12.
    P256,
    /// brainpoolP256r1, parameter 13.
    BrainpoolP256r1,
}

/// Why bytes are not a point or a private key of the curve, or lead nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CurveError {
    /// Not the coordinates of a point of the curve other than the point at infinity.
    #[error("not a point of the curve")]
    NotAPoint,
    /// A private key of another length, zero, or not below the curve's order.
    #[error("not a private key of the curve")]
    NotAPrivateKey,
    /// The result is the point at infinity.
    #[error("the result is the point at infinity")]
    Infinity,
}

impl Curve {
    /// The curve of a standardised domain parameter.
    pub fn from_parameter(parameter: u8) -> Option<Self> {
        match parameter {
            12 => Some(Self::P256),
            13 => Some(Self::BrainpoolP256r1),
            _ => None,
        }
    }

    /// Bytes of a coordinate and of a private key.
    pub const fn size(self) -> usize {
        32
    }

    /// Whether `bytes` are a private key: 1 to the order less one, padded on the left.
    pub fn is_private_key(self, bytes: &[u8]) -> bool {
        match self {
            Self::P256 => scalar::<NistP256>(bytes).is_ok(),
            Self::BrainpoolP256r1 => scalar::<BrainpoolP256r1>(bytes).is_ok(),
        }
    }

    /// The generator.
    pub fn generator(self) -> Vec<u8> {
        match self {
            Self::P256 => encode::<NistP256>(ProjectivePoint::<NistP256>::generator()),
            Self::BrainpoolP256r1 => {
                encode::<BrainpoolP256r1>(ProjectivePoint::<BrainpoolP256r1>::generator())
            }
        }
        .unwrap_or_default()
    }

    /// `private` times `point`.
    ///
    /// # Errors
    /// Any of [`CurveError`].
    pub fn multiply(self, private: &[u8], point: &[u8]) -> Result<Vec<u8>, CurveError> {
        match self {
            Self::P256 => encode::<NistP256>(decode::<NistP256>(point)? * scalar::<NistP256>(private)?),
            Self::BrainpoolP256r1 => encode::<BrainpoolP256r1>(
                decode::<BrainpoolP256r1>(point)? * scalar::<BrainpoolP256r1>(private)?,
            ),
        }
    }

    /// The generator of generic mapping: `nonce` times the generator, plus `shared` (9303-11 4.4.3.3.1).
    ///
    /// # Errors
    /// Any of [`CurveError`]; a nonce longer than a coordinate counts as no private key.
    pub fn map(self, nonce: &[u8], shared: &[u8]) -> Result<Vec<u8>, CurveError> {
        match self {
            Self::P256 => map::<NistP256>(nonce, shared),
            Self::BrainpoolP256r1 => map::<BrainpoolP256r1>(nonce, shared),
        }
    }
}

/// The x coordinate of an uncompressed point, its leading zeros kept.
pub fn x_coordinate(point: &[u8]) -> &[u8] {
    point.get(1..=point.len() / 2).unwrap_or_default()
}

fn scalar<C: CurveArithmetic>(bytes: &[u8]) -> Result<Scalar<C>, CurveError> {
    let bytes = Zeroizing::new(FieldBytes::<C>::try_from(bytes).map_err(|_| CurveError::NotAPrivateKey)?);
    let scalar = Option::<Scalar<C>>::from(Scalar::<C>::from_repr(*bytes));
    scalar.filter(|scalar| *scalar != Scalar::<C>::from(0)).ok_or(CurveError::NotAPrivateKey)
}

fn decode<C>(point: &[u8]) -> Result<ProjectivePoint<C>, CurveError>
where
    C: CurveArithmetic,
    AffinePoint<C>: FromSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    // Uncompressed only, as 9303-11 9.4.5 says; the library checks that the point is on the curve.
    if point.first() != Some(&0x04) {
        return Err(CurveError::NotAPoint);
    }
    let encoded = Sec1Point::<C>::from_bytes(point).map_err(|_| CurveError::NotAPoint)?;
    let point = Option::<AffinePoint<C>>::from(AffinePoint::<C>::from_sec1_point(&encoded));
    Ok(point.ok_or(CurveError::NotAPoint)?.into())
}

fn encode<C>(point: ProjectivePoint<C>) -> Result<Vec<u8>, CurveError>
where
    C: CurveArithmetic,
    AffinePoint<C>: ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    if point.is_identity().into() {
        return Err(CurveError::Infinity);
    }
    let affine: AffinePoint<C> = point.into();
    Ok(affine.to_sec1_point(false).as_bytes().to_vec())
}

fn map<C>(nonce: &[u8], shared: &[u8]) -> Result<Vec<u8>, CurveError>
where
    C: CurveArithmetic,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    let mut padded = Zeroizing::new(FieldBytes::<C>::default());
    let start = padded.len().checked_sub(nonce.len()).ok_or(CurveError::NotAPrivateKey)?;
    padded.get_mut(start..).unwrap_or_default().copy_from_slice(nonce);
    let factor = <Scalar<C> as p256::elliptic_curve::ops::Reduce<FieldBytes<C>>>::reduce(&padded);
    encode::<C>(ProjectivePoint::<C>::generator() * factor + decode::<C>(shared)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CURVES: [Curve; 2] = [Curve::P256, Curve::BrainpoolP256r1];

    #[test]
    fn points_that_are_not_on_the_curve_are_refused() {
        for curve in CURVES {
            let key = [1; 32];
            let mut point = curve.generator();
            assert!(curve.multiply(&key, &point).is_ok());
            *point.last_mut().unwrap() ^= 1;
            assert_eq!(curve.multiply(&key, &point), Err(CurveError::NotAPoint));
            for bad in [&[][..], &[0], &[4], &[0x04; 65], &curve.generator()[..33]] {
                assert_eq!(curve.multiply(&key, bad), Err(CurveError::NotAPoint));
            }
        }
    }

    #[test]
    fn only_one_to_the_order_less_one_is_a_private_key() {
        for curve in CURVES {
            assert!(!curve.is_private_key(&[0; 32]));
            assert!(!curve.is_private_key(&[0xFF; 32]));
            assert!(!curve.is_private_key(&[1; 31]));
            assert!(curve.is_private_key(&[1; 32]));
        }
    }

    #[test]
    fn a_mapping_that_leads_to_infinity_is_refused() {
        // 1 times the generator plus its negative.
        let curve = Curve::BrainpoolP256r1;
        let mut order_less_one =
            hex::decode("a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7").unwrap();
        *order_less_one.last_mut().unwrap() -= 1;
        let negative = curve.multiply(&order_less_one, &curve.generator()).unwrap();
        let mut one = [0; 16];
        one[15] = 1;
        assert_eq!(curve.map(&one, &negative), Err(CurveError::Infinity));
        assert_eq!(curve.map(&[0; 16], &negative), Ok(negative));
    }
}
