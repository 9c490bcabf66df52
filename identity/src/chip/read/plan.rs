//! The order of a read, as a session.

use std::collections::{BTreeMap, VecDeque};

use super::{
    BLOCK_SIZES, CardRead, Next, Progress, ReadError, ReadRequest,
    exchange::{Exchange, Turn},
    file::{FileReading, FileTurn},
};
use crate::{
    bytes::SecretBytes,
    chip::{
        CommandApdu, ResponseApdu, SecureMessaging,
        bac::Bac,
        pace::{Pace, PaceOffer},
        secure_messaging::SecureMessagingError,
    },
    lds::{FileId, security_object},
    proof::verdict::Access,
};

/// The LDS1 application (ICAO Doc 9303-10 3.6.2).
const APPLICATION: [u8; 7] = [0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01];
/// What is read, where the security object lists it: the name first, the photo last. DG3 is behind terminal
/// authentication; nothing needs the others.
const WANTED: [FileId; 5] = [FileId::DG1, FileId::DG13, FileId::DG14, FileId::DG15, FileId::DG2];
/// How often a broken channel is opened again, besides for smaller reads.
const MAX_BREAKS: usize = 2;
/// So many bytes of EF.SOD tell two cards apart: its first hash is in them.
const SAME_CARD: usize = 160;
/// A DG15 up to this size holds a key whose answer fits 256 bytes (RSA-2048, any curve).
const SHORT_ANSWER_KEY: usize = 330;

/// Fills bytes at random.
type Random<'a> = Box<dyn FnMut(&mut [u8]) + Send + 'a>;

pub(super) enum Stage {
    Reset,
    SelectMaster,
    CardAccess(FileReading),
    Pace(Box<Pace>),
    SelectApplication,
    Bac(Box<Bac>),
    SameCard(FileReading),
    File(FileReading),
    ActiveAuthentication,
    Finished,
    Over,
}

/// The whole read of a card: [`ReadingPlan::next_step`] says what to do, [`ReadingPlan::receive`] takes the
/// card's answers.
///
/// When the card was taken away and laid down again, [`ReadingPlan::resume`] goes on where it was.
pub struct ReadingPlan<'a> {
    pub(super) request: ReadRequest,
    pub(super) random: Random<'a>,
    stage: Stage,
    pending: Option<Exchange>,
    pub(super) channel: Option<SecureMessaging>,
    pub(super) offer: Option<PaceOffer>,
    /// Whether the master file could not be selected.
    pub(super) master_refused: bool,
    /// Whether the card was reset because it stood in its application.
    pub(super) left_in_application: bool,
    pub(super) access: Option<Access>,
    pub(super) files: BTreeMap<FileId, SecretBytes>,
    /// Files still to be read; the first may have been begun.
    queue: VecDeque<FileReading>,
    answer: Option<SecretBytes>,
    challenge: Option<[u8; 8]>,
    short_answer: bool,
    block: usize,
    breaks: usize,
    commands: usize,
}

impl<'a> ReadingPlan<'a> {
    /// A plan for `request`. `random` fills bytes with a cryptographic generator's; it is asked each time that
    /// access is gained.
    pub fn new(request: ReadRequest, random: impl FnMut(&mut [u8]) + Send + 'a) -> Self {
        let mut plan = Self {
            random: Box::new(random),
            stage: Stage::SelectMaster,
            pending: None,
            channel: None,
            offer: None,
            master_refused: false,
            left_in_application: false,
            access: None,
            files: BTreeMap::new(),
            queue: VecDeque::new(),
            answer: None,
            challenge: request.challenge,
            short_answer: false,
            block: request.options.block_size.max(1),
            breaks: 0,
            commands: 0,
            request,
        };
        plan.begin_files();
        plan
    }

    /// The files read so far: the name can be shown before the photo is there.
    pub const fn files(&self) -> &BTreeMap<FileId, SecretBytes> {
        &self.files
    }

    /// The size of reads that this chip and reader take, in bytes; remember it for the next such chip.
    pub const fn block_size(&self) -> usize {
        self.block
    }

    /// The card was removed and is there again (or was reset from outside): authenticates again and goes on
    /// with the file at the offset reached. Nothing of another card's is kept: EF.SOD is compared.
    pub fn resume(&mut self) {
        if matches!(self.stage, Stage::Over | Stage::Finished) {
            return;
        }
        self.restart(Stage::SelectMaster);
        self.left_in_application = false;
        if !self.files.contains_key(&FileId::Sod) {
            self.forget();
        }
    }

    /// What to do now.
    ///
    /// # Errors
    /// [`ReadError::TooManyCommands`], [`ReadError::Over`], and what [`ReadingPlan::receive`] gives.
    pub fn next_step(&mut self) -> Result<Next, ReadError> {
        if let Some(exchange) = &self.pending {
            return Ok(Next::Send(exchange.sent().clone()));
        }
        let result = self.step();
        if result.is_err() {
            self.stage = Stage::Over;
        }
        result
    }

    fn step(&mut self) -> Result<Next, ReadError> {
        let command = match &self.stage {
            Stage::Reset => {
                self.stage = Stage::SelectMaster;
                return Ok(Next::Reset);
            }
            Stage::Finished => {
                self.stage = Stage::Over;
                return Ok(Next::Finished(CardRead {
                    files: std::mem::take(&mut self.files),
                    access: self.access.ok_or(ReadError::Over)?,
                    active_authentication: self.answer.take(),
                }));
            }
            Stage::Over => return Err(ReadError::Over),
            Stage::SelectMaster => CommandApdu::new(0xA4, 0x00, 0x0C).with_data(vec![0x3F, 0x00])?,
            Stage::CardAccess(file) => file.next_command(self.block.min(256))?,
            Stage::Pace(pace) => pace.next_command()?.ok_or(ReadError::Over)?,
            Stage::SelectApplication => CommandApdu::new(0xA4, 0x04, 0x0C).with_data(APPLICATION.to_vec())?,
            Stage::Bac(bac) => bac.next_command()?.ok_or(ReadError::Over)?,
            Stage::SameCard(file) => file.next_command(self.block.min(SAME_CARD))?,
            Stage::File(file) => file.next_command(self.block)?,
            Stage::ActiveAuthentication => self.internal_authenticate()?,
        };
        self.commands += 1;
        if self.commands > self.request.options.max_commands {
            return Err(ReadError::TooManyCommands(self.request.options.max_commands));
        }
        let command = match &mut self.channel {
            Some(channel) => channel.protect(&command)?,
            None => command,
        };
        // The outer length is not authenticated. Where extended lengths led to nothing, the chip announces
        // the rest with 61xx.
        let short = self.short_answer && matches!(self.stage, Stage::ActiveAuthentication);
        let command = if short { command.expecting(256) } else { command };
        self.pending = Some(Exchange::new(command.clone()));
        Ok(Next::Send(command))
    }

    /// Takes what the card answered to the command of [`ReadingPlan::next_step`], status word and all. Give
    /// nothing (`&[]`) where the reader refused to carry the command but the card is still there: smaller reads
    /// are tried then.
    ///
    /// # Errors
    /// Any [`ReadError`]; the read is over then.
    pub fn receive(&mut self, answer: &[u8]) -> Result<Option<Progress>, ReadError> {
        let Some(exchange) = self.pending.take() else { return Err(ReadError::Over) };
        let result = self.take(exchange, answer);
        if result.is_err() {
            self.stage = Stage::Over;
            self.channel = None;
        }
        result
    }

    fn take(&mut self, exchange: Exchange, answer: &[u8]) -> Result<Option<Progress>, ReadError> {
        let Ok(response) = ResponseApdu::parse(answer) else { return self.broken(&ReadError::Silent) };
        let response = match exchange.receive(&response) {
            Turn::Answer(response) => response,
            Turn::Again(exchange) => {
                self.commands += 1;
                if self.commands > self.request.options.max_commands {
                    return Err(ReadError::TooManyCommands(self.request.options.max_commands));
                }
                self.pending = Some(exchange);
                return Ok(None);
            }
        };
        let response = match &mut self.channel {
            None => response,
            Some(channel) => match channel.unprotect(&response) {
                Ok(response) => response,
                Err(error) => return self.broken(&error.into()),
            },
        };
        self.answered(&response)
    }

    /// The channel, or the transport under it, broke: again from the start, with smaller reads if those may be
    /// why.
    fn broken(&mut self, error: &ReadError) -> Result<Option<Progress>, ReadError> {
        let unprotected = match error {
            ReadError::SecureMessaging(SecureMessagingError::Unprotected(sw)) => Some(*sw),
            _ => None,
        };
        let of_size =
            *error == ReadError::Silent || matches!(unprotected, Some(0x6700 | 0x6C00..=0x6CFF | 0x6F00));
        match std::mem::replace(&mut self.stage, Stage::Over) {
            Stage::File(file) if of_size && self.lower_block() => self.stage = Stage::File(file),
            // Some chips say without protection that they have no such file, and drop the channel.
            Stage::File(mut file)
                if file.progress().0 == 0 && matches!(unprotected, Some(0x6982 | 0x6A80..=0x6AFF)) =>
            {
                let sw = unprotected.unwrap_or_default();
                match file.receive(&ResponseApdu::new(Vec::new(), sw))? {
                    FileTurn::Absent if file.file() == FileId::Sod => {
                        return Err(ReadError::FileMissing(file.file()));
                    }
                    FileTurn::Absent => {}
                    _ => self.queue.push_front(file),
                }
            }
            Stage::ActiveAuthentication if !self.short_answer => self.short_answer = true,
            // The chip does not answer it: the verdict will say so.
            Stage::ActiveAuthentication => self.challenge = None,
            _ if self.channel.is_none() || self.breaks >= MAX_BREAKS => return Err(error.clone()),
            stage => {
                self.breaks += 1;
                self.stage = stage;
            }
        }
        self.restart(Stage::Reset);
        Ok(None)
    }

    pub(super) fn lower_block(&mut self) -> bool {
        match BLOCK_SIZES.into_iter().find(|size| *size < self.block) {
            Some(size) => {
                self.block = size;
                true
            }
            None => false,
        }
    }

    /// Forgets channel and place, keeps what was read.
    fn restart(&mut self, stage: Stage) {
        self.pending = None;
        self.channel = None;
        if let Stage::File(mut file) = std::mem::replace(&mut self.stage, stage) {
            file.reopen();
            self.queue.push_front(file);
        }
    }

    /// Keeps nothing: what was read may be another card's.
    fn forget(&mut self) {
        self.files.clear();
        self.offer = None;
        self.begin_files();
    }

    /// The list of files, from nothing: EF.SOD first, its list brings the others.
    fn begin_files(&mut self) {
        self.queue.clear();
        self.queue.push_back(FileReading::new(FileId::Sod, self.request.options.max_file));
        self.answer = None;
        self.challenge = self.request.challenge;
    }

    fn answered(&mut self, response: &ResponseApdu) -> Result<Option<Progress>, ReadError> {
        match std::mem::replace(&mut self.stage, Stage::Over) {
            stage @ (Stage::SelectMaster
            | Stage::CardAccess(_)
            | Stage::Pace(_)
            | Stage::SelectApplication
            | Stage::Bac(_)) => self.stage = self.access_answered(stage, response)?,
            Stage::SameCard(mut file) => {
                let known = self.files.get(&FileId::Sod).map(SecretBytes::as_slice).unwrap_or_default();
                let same = match file.receive(response) {
                    Ok(FileTurn::More) if file.bytes().len() < SAME_CARD.min(known.len()) => {
                        self.stage = Stage::SameCard(file);
                        return Ok(None);
                    }
                    Ok(FileTurn::More) => known.starts_with(file.bytes()),
                    Ok(FileTurn::Complete(bytes)) => known == bytes.as_slice(),
                    Ok(FileTurn::Smaller | FileTurn::Absent) | Err(_) => false,
                };
                if same {
                    self.stage = self.next_file();
                } else {
                    self.forget();
                    self.restart(Stage::Reset);
                }
            }
            Stage::File(file) => return self.file_answered(file, response),
            Stage::ActiveAuthentication => {
                self.stage = self.chip_answered(response);
            }
            stage @ (Stage::Reset | Stage::Finished | Stage::Over) => self.stage = stage,
        }
        Ok(None)
    }

    /// The stage after access is gained.
    pub(super) fn first_file(&mut self) -> Stage {
        if self.files.contains_key(&FileId::Sod) {
            Stage::SameCard(FileReading::new(FileId::Sod, self.request.options.max_file))
        } else {
            self.next_file()
        }
    }

    fn next_file(&mut self) -> Stage {
        let key_read = self.files.contains_key(&FileId::DG15);
        if key_read && self.challenge.is_some() && self.answer.is_none() {
            return Stage::ActiveAuthentication;
        }
        let read: usize = self.files.values().map(|file| file.as_slice().len()).sum();
        let room = self.request.options.max_total.saturating_sub(read);
        self.queue.pop_front().map_or(Stage::Finished, |file| Stage::File(file.within(room)))
    }

    fn file_answered(
        &mut self,
        mut file: FileReading,
        response: &ResponseApdu,
    ) -> Result<Option<Progress>, ReadError> {
        let name = file.file();
        let turn = file.receive(response)?;
        let (done, total) = file.progress();
        match turn {
            FileTurn::More => self.stage = Stage::File(file),
            FileTurn::Smaller if self.lower_block() => self.stage = Stage::File(file),
            FileTurn::Smaller => return Err(ReadError::FileMalformed(name)),
            FileTurn::Absent if name == FileId::Sod => return Err(ReadError::FileMissing(name)),
            // What must be there, the verdict says.
            FileTurn::Absent => self.stage = self.next_file(),
            FileTurn::Complete(bytes) => {
                let done = bytes.as_slice().len();
                if name == FileId::Sod {
                    self.queue_listed(bytes.as_slice());
                }
                self.files.insert(name, bytes);
                self.stage = self.next_file();
                return Ok(Some(Progress { file: name, done, total: Some(done) }));
            }
        }
        Ok(Some(Progress { file: name, done, total }))
    }

    fn queue_listed(&mut self, bytes: &[u8]) {
        // One that cannot be read is the verifier's to refuse; it gets what there is.
        let security_object = security_object::parse(bytes).ok();
        let listed = |file: &FileId| security_object.as_ref().is_none_or(|object| object.lists(*file));
        let com = self.request.options.com.then_some(FileId::Com);
        let wanted = WANTED.into_iter().filter(listed);
        let limit = self.request.options.max_file;
        self.queue = com.into_iter().chain(wanted).map(|file| FileReading::new(file, limit)).collect();
    }

    fn internal_authenticate(&self) -> Result<CommandApdu, ReadError> {
        let challenge = self.challenge.unwrap_or_default();
        let key = self.files.get(&FileId::DG15).map_or(0, |file| file.as_slice().len());
        let expected = if key <= SHORT_ANSWER_KEY || self.short_answer { 256 } else { 65_536 };
        Ok(CommandApdu::new(0x88, 0, 0).with_data(challenge.to_vec())?.expecting(expected))
    }

    fn chip_answered(&mut self, response: &ResponseApdu) -> Stage {
        let answer = &response.data;
        if response.is_success() && !answer.as_slice().is_empty() {
            self.answer = Some(answer.clone());
        } else if !self.short_answer && matches!(response.sw(), 0x9000 | 0x6700 | 0x6C00..=0x6CFF) {
            self.short_answer = true;
            return Stage::ActiveAuthentication;
        } else {
            self.challenge = None;
        }
        self.next_file()
    }
}

impl std::fmt::Debug for ReadingPlan<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ReadingPlan({} files, {} commands)", self.files.len(), self.commands)
    }
}
