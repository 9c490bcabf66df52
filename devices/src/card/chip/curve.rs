//! What PACE computes on its curve, with points uncompressed and numbers big-endian.

use bp256::BrainpoolP256r1;
use p256::{
    NistP256,
    elliptic_curve::{
        AffinePoint, CurveArithmetic, FieldBytes, FieldBytesSize, Group as _, NonZeroScalar, ProjectivePoint,
        sec1::{FromSec1Point, ModulusSize, ToSec1Point},
    },
};

use super::Randomness;
use crate::seeds::Curve;

impl Curve {
    /// A private key. At least one in two draws is below the curve's order; `None` where 128 are not.
    pub fn draw(self, random: &mut Randomness) -> Option<[u8; 32]> {
        let is_key = match self {
            Self::P256 => |bytes: &[u8; 32]| scalar::<NistP256>(bytes).is_some(),
            Self::BrainpoolP256r1 => |bytes: &[u8; 32]| scalar::<BrainpoolP256r1>(bytes).is_some(),
        };
        (0..128).find_map(|_| {
            let mut bytes = [0; 32];
            random(&mut bytes);
            is_key(&bytes).then_some(bytes)
        })
    }

    /// `private` times `point`, or times the curve's generator; `None` where that is no point.
    pub fn multiply(self, private: &[u8; 32], point: Option<&[u8]>) -> Option<Vec<u8>> {
        match self {
            Self::P256 => multiply::<NistP256>(private, point),
            Self::BrainpoolP256r1 => multiply::<BrainpoolP256r1>(private, point),
        }
    }

    /// The sum of two points; `None` where that is none.
    pub fn add(self, one: &[u8], other: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::P256 => encode::<NistP256>(point::<NistP256>(one)? + point::<NistP256>(other)?),
            Self::BrainpoolP256r1 => {
                encode::<BrainpoolP256r1>(point::<BrainpoolP256r1>(one)? + point::<BrainpoolP256r1>(other)?)
            }
        }
    }
}

fn multiply<C>(private: &[u8; 32], base: Option<&[u8]>) -> Option<Vec<u8>>
where
    C: CurveArithmetic,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    let base = base.map_or(Some(ProjectivePoint::<C>::generator()), point::<C>)?;
    encode::<C>(base * *scalar::<C>(private)?)
}

fn scalar<C: CurveArithmetic>(bytes: &[u8; 32]) -> Option<NonZeroScalar<C>> {
    NonZeroScalar::<C>::from_repr(FieldBytes::<C>::try_from(bytes.as_slice()).ok()?).into_option()
}

/// A point on the curve, not at infinity, from its uncompressed form.
fn point<C>(bytes: &[u8]) -> Option<ProjectivePoint<C>>
where
    C: CurveArithmetic,
    AffinePoint<C>: FromSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    let uncompressed = bytes.first() == Some(&4);
    uncompressed.then(|| AffinePoint::<C>::from_sec1_bytes(bytes).ok().map(ProjectivePoint::<C>::from))?
}

fn encode<C>(point: ProjectivePoint<C>) -> Option<Vec<u8>>
where
    C: CurveArithmetic,
    AffinePoint<C>: ToSec1Point<C>,
    FieldBytesSize<C>: ModulusSize,
{
    let finite = !bool::from(point.is_identity());
    let affine: AffinePoint<C> = point.into();
    finite.then(|| affine.to_sec1_point(false).as_bytes().to_vec())
}
