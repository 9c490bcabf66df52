//! How a plan gains access: PACE where the chip offers it, else basic access control.

use super::{
    ReadError, ReadingPlan,
    file::{FileReading, FileTurn},
    plan::Stage,
};
use crate::{
    chip::{
        Password, ResponseApdu,
        bac::{Bac, BacRandom},
        curve::Curve,
        pace::{Pace, PaceError, PaceOffer, PaceRandom, PaceStep},
    },
    lds::FileId,
    proof::verdict::Access,
};

/// The most bytes of EF.CardAccess.
const MAX_CARD_ACCESS: usize = 4096;

impl ReadingPlan<'_> {
    /// The stage that follows `stage`, one of gaining access, once the chip has answered.
    pub(super) fn access_answered(
        &mut self,
        stage: Stage,
        response: &ResponseApdu,
    ) -> Result<Stage, ReadError> {
        match stage {
            // Any answer will do: after a reset the master file is selected anyway.
            Stage::SelectMaster if self.offer.is_none() => {
                self.master_refused = !response.is_success();
                Ok(Stage::CardAccess(FileReading::selecting(FileId::CardAccess, MAX_CARD_ACCESS)))
            }
            Stage::SelectMaster => self.access_control(),
            Stage::CardAccess(mut file) => {
                let offer = match file.receive(response)? {
                    FileTurn::More => return Ok(Stage::CardAccess(file)),
                    FileTurn::Smaller if self.lower_block() => return Ok(Stage::CardAccess(file)),
                    // It is there and cannot be read: what it offers is not known, which is not nothing.
                    FileTurn::Smaller => PaceOffer::Unsupported,
                    FileTurn::Absent if self.master_refused && self.reset_once() => return Ok(Stage::Reset),
                    FileTurn::Absent => PaceOffer::None,
                    FileTurn::Complete(bytes) => {
                        let offer = PaceOffer::from_card_access(bytes.as_slice())
                            .map_err(|_| ReadError::FileMalformed(FileId::CardAccess))?;
                        self.files.insert(FileId::CardAccess, bytes);
                        offer
                    }
                };
                self.offer = Some(offer);
                self.access_control()
            }
            Stage::Pace(pace) => self.pace_answered(pace, response),
            Stage::SelectApplication => self.application_selected(response),
            Stage::Bac(mut bac) => {
                bac.receive(response)?;
                let Some(channel) = bac.take_channel() else { return Ok(Stage::Bac(bac)) };
                self.channel = Some(channel);
                // PACE that this software does not speak counts as failed: the weaker way must show.
                let offered = !matches!(self.offer, None | Some(PaceOffer::None));
                self.access = Some(if offered { Access::BacAfterPaceFailed } else { Access::Bac });
                Ok(self.first_file())
            }
            stage => Ok(stage),
        }
    }

    /// The stage that gains access, once EF.CardAccess is known.
    fn access_control(&mut self) -> Result<Stage, ReadError> {
        match self.offer {
            Some(PaceOffer::Supported(info)) => {
                let random = self.draw_private_keys(info.curve);
                Ok(Stage::Pace(Box::new(Pace::new(info, &self.request.password, random)?)))
            }
            _ => Ok(Stage::SelectApplication),
        }
    }

    /// Whether the card may be reset, once: another program left it in its application, where PACE is refused and the
    /// master file out of reach.
    fn reset_once(&mut self) -> bool {
        !std::mem::replace(&mut self.left_in_application, true)
    }

    fn pace_answered(&mut self, mut pace: Box<Pace>, response: &ResponseApdu) -> Result<Stage, ReadError> {
        if let Err(error) = pace.receive(response) {
            let by_zone = matches!(self.request.password, Password::Mrz(_));
            return match error {
                PaceError::Refused { step: PaceStep::SetParameters, sw: 0x6982 } if self.reset_once() => {
                    Ok(Stage::Reset)
                }
                // A chip that declines PACE opens by basic access control, too; the verdict shows it. A wrong
                // password, and whatever the standard forbids a chip to send, end the read: an attacker between
                // chip and reader must not gain the weaker way by disturbing the stronger.
                PaceError::Refused { .. } if by_zone => {
                    self.offer = Some(PaceOffer::Unsupported);
                    Ok(Stage::Reset)
                }
                error => Err(error.into()),
            };
        }
        let Some(channel) = pace.take_channel() else { return Ok(Stage::Pace(pace)) };
        self.channel = Some(channel);
        self.access = Some(self.request.password.pace_access());
        Ok(Stage::SelectApplication)
    }

    fn application_selected(&mut self, response: &ResponseApdu) -> Result<Stage, ReadError> {
        if !response.is_success() {
            return Err(ReadError::NoApplication(response.sw()));
        }
        if self.channel.is_some() {
            return Ok(self.first_file());
        }
        let Password::Mrz(key) = &self.request.password else {
            return Err(match self.offer {
                Some(PaceOffer::Unsupported) => ReadError::PaceUnsupported,
                _ => ReadError::MrzNeeded,
            });
        };
        let mut random = BacRandom { challenge: [0; 8], key: [0; 16] };
        (self.random)(&mut random.challenge);
        (self.random)(&mut random.key);
        Ok(Stage::Bac(Box::new(Bac::new(key, random)?)))
    }

    fn draw_private_keys(&mut self, curve: Curve) -> PaceRandom {
        let mut draw = || {
            let mut key = vec![0; curve.size()];
            // A third of all draws is over the order of brainpoolP256r1; a generator that never hits is broken,
            // and PACE refuses its key.
            for _ in 0..128 {
                (self.random)(&mut key);
                if curve.is_private_key(&key) {
                    break;
                }
            }
            key
        };
        PaceRandom { mapping: draw(), agreement: draw() }
    }
}
