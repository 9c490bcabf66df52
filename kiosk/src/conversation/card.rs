//! What follows from the reader and the card on it.

use flows::{Answer, Evidence, wire::ChallengeIssued};
use identity::ReasonCode;

use super::{
    At, Command, FileProgress, Read, ReadEvent, ReadId, Reader, ReaderEvent, Seconds, State, Step, Typed,
    VisitId, WaitingFor,
};

/// Numbers that one card may refuse until staff help.
const WRONG_CANS: u8 = 3;
/// Reads of one visit that may end without result until staff help.
pub(super) const FAILED_READS: u8 = 5;
/// Seconds after its challenge within which a broken read goes on. The server's challenge lives 120 s.
const RESUME_WITHIN: Seconds = 80.0;
/// Seconds after a reader came back within which a card on it may have lain there all the time.
const SEEN_LATE: Seconds = 2.0;

impl State {
    pub(super) fn on_reader(&mut self, event: ReaderEvent, commands: &mut Vec<Command>) {
        match event {
            ReaderEvent::Inserted => self.inserted(commands),
            ReaderEvent::Removed => self.emptied(commands),
            ReaderEvent::Ready => {
                let was_gone = self.reader == Reader::Gone;
                self.emptied(commands);
                if was_gone {
                    self.reader_back = Some(self.now);
                }
                if was_gone && let Some(Step::CardTrouble { code: ReasonCode::ReaderGone, .. }) = self.step()
                {
                    self.present_card(commands);
                }
            }
            ReaderEvent::Gone => self.reader_gone(commands),
        }
    }

    fn inserted(&mut self, commands: &mut Vec<Command>) {
        let asked_away = matches!(self.step(), Some(Step::TakeAway { .. }));
        let with_reader = self.reader == Reader::Gone
            || self.reader_back.take().is_some_and(|back| self.now < back + SEEN_LATE);
        // Laid down before a visit, or again where it was asked away: never read. Who laid down one that
        // came with its reader, nobody has seen.
        let foreign = asked_away || with_reader;
        let since = if foreign { VisitId(self.visit.0.saturating_sub(1)) } else { self.visit };
        self.reader = Reader::Card { since };
        match self.step() {
            Some(Step::CardTrouble { code: ReasonCode::CardRemoved, broken: Some(read) })
                if self.now < read.challenged + RESUME_WITHIN =>
            {
                let read = read.clone();
                self.read = ReadId(self.read.0 + 1);
                commands.push(Command::ResumeRead { read: self.read });
                self.set_step(Step::Reading(read));
            }
            Some(Step::PresentCard | Step::CardTrouble { .. }) => self.present_card(commands),
            _ => {}
        }
    }

    fn emptied(&mut self, commands: &mut Vec<Command>) {
        self.reader = Reader::Empty;
        match &mut self.at {
            At::TakeCard { .. } => self.welcome_again(),
            At::Visit(visit) => {
                visit.wrong_cans = 0;
                match &visit.step {
                    Step::TakeAway { service } => {
                        let service = *service;
                        self.open_session(service, commands);
                    }
                    Step::Waiting(WaitingFor::Challenge) => visit.step = Step::PresentCard,
                    Step::Reading(_) => self.card_trouble(ReasonCode::CardRemoved, commands),
                    _ => {}
                }
            }
            At::Welcome | At::Leaving(_) => {}
        }
    }

    fn reader_gone(&mut self, commands: &mut Vec<Command>) {
        self.reader = Reader::Gone;
        match self.step() {
            Some(Step::TakeAway { service }) => {
                let service = *service;
                self.open_session(service, commands);
            }
            Some(
                Step::PresentCard
                | Step::Reading(_)
                | Step::Waiting(WaitingFor::Challenge)
                | Step::CardTrouble { .. },
            ) => self.set_step(Step::CardTrouble { code: ReasonCode::ReaderGone, broken: None }),
            Some(_) => {}
            None => {
                if let At::TakeCard { .. } = self.at {
                    self.welcome_again();
                }
            }
        }
    }

    /// Asks for the card, or reads the one that lies there.
    pub(super) fn present_card(&mut self, commands: &mut Vec<Command>) {
        let own_card = self.own_card();
        let At::Visit(visit) = &mut self.at else { return };
        let (Some(session), true) = (visit.session.clone(), visit.can.is_some()) else {
            self.ask_number(None, commands);
            return;
        };
        visit.step = match self.reader {
            Reader::Gone => Step::CardTrouble { code: ReasonCode::ReaderGone, broken: None },
            Reader::Card { .. } if own_card => {
                commands.push(Command::IssueChallenge { visit: self.visit, session });
                Step::Waiting(WaitingFor::Challenge)
            }
            Reader::Card { .. } | Reader::Empty => Step::PresentCard,
        };
    }

    /// Asks for the number, and drops what was read with the one before.
    pub(super) fn ask_number(&mut self, refused: Option<ReasonCode>, commands: &mut Vec<Command>) {
        commands.push(Command::ForgetCard);
        self.forget();
        self.set_step(Step::TypeNumber { typed: Typed::default(), refused });
    }

    pub(super) fn on_challenge(&mut self, challenge: ChallengeIssued, commands: &mut Vec<Command>) {
        if self.step() != Some(&Step::Waiting(WaitingFor::Challenge)) || !self.own_card() {
            return;
        }
        let now = self.now;
        let read = ReadId(self.read.0 + 1);
        if let At::Visit(visit) = &mut self.at
            && let Some(can) = visit.can.clone()
        {
            visit.step = Step::Reading(Read { files: Vec::new(), challenged: now });
            self.read = read;
            commands.push(Command::Read {
                read,
                can,
                challenge: challenge.nonce,
                challenge_id: challenge.challenge_id,
            });
        }
    }

    pub(super) fn on_read(&mut self, read: ReadId, event: ReadEvent, commands: &mut Vec<Command>) {
        if read != self.read {
            return;
        }
        let At::Visit(visit) = &mut self.at else { return };
        match (&mut visit.step, event) {
            (Step::Reading(read), ReadEvent::Progress { file, done, total }) => {
                let progress = FileProgress { file, done, total };
                match read.files.iter_mut().find(|known| known.file == file) {
                    Some(known) => *known = progress,
                    None => read.files.push(progress),
                }
            }
            (Step::Reading(_), ReadEvent::Preview(mut preview)) => {
                if let Some(name) = preview.full_name.take() {
                    visit.preview.full_name = Some(name);
                }
                if let Some(portrait) = preview.portrait.take() {
                    visit.preview.portrait = Some(portrait);
                }
            }
            // The card may be lifted between the last byte and this word of it.
            (
                Step::Reading(_) | Step::CardTrouble { code: ReasonCode::CardRemoved, .. },
                ReadEvent::Finished(evidence),
            ) => {
                visit.can = None;
                let answer = Answer::Evidence { evidence: Evidence::Chip(*evidence) };
                self.answer(answer, WaitingFor::Verdict, commands);
            }
            (Step::Reading(_), ReadEvent::Failed(code)) => self.card_trouble(code, commands),
            _ => {}
        }
    }

    fn card_trouble(&mut self, code: ReasonCode, commands: &mut Vec<Command>) {
        let At::Visit(visit) = &mut self.at else { return };
        if code == ReasonCode::WrongCan {
            visit.wrong_cans += 1;
            if visit.wrong_cans >= WRONG_CANS {
                self.call_staff(ReasonCode::TooManyWrongCans, commands);
            } else {
                self.ask_number(Some(code), commands);
            }
            return;
        }
        // Typing or laying it down again would not help.
        if code == ReasonCode::MrzNeeded {
            self.call_staff(code, commands);
            return;
        }
        if code != ReasonCode::CardRemoved {
            visit.failed_reads += 1;
            if visit.failed_reads >= FAILED_READS {
                self.call_staff(ReasonCode::TooManyAttempts, commands);
                return;
            }
        }
        let broken = match &visit.step {
            Step::Reading(read) if code == ReasonCode::CardRemoved => Some(read.clone()),
            _ => None,
        };
        visit.step = Step::CardTrouble { code, broken };
    }
}
