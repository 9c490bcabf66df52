//! The queue: its events, and what they come to.

use std::collections::BTreeMap;

use async_trait::async_trait;
use flows::{
    TicketCode,
    health::queue::{Event, Interleave, Lines, Refusal, State},
};
use identity::SecretBytes;
use jiff::{Timestamp, civil::Date};
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};
use uuid::Uuid;

use super::{
    Keys,
    audit::Logged,
    corrections, parse_word,
    transaction::{Transaction, bytes, id, time},
    writer::Operation,
};
use crate::{
    sealed::{DataKey, Place, Sealed},
    store::{
        Call, CallNext, DayQueue, Decision, NewVisit, PlaceChange, QueuePlace, StoreError,
        visits::{station_day, ticket_number},
    },
};

/// A place in the queue to be written about.
struct About<'a> {
    visit: &'a str,
    station: &'a str,
    day: Date,
    at: Timestamp,
}

/// What an event's row holds besides.
#[derive(Default)]
struct Extra {
    decision: Option<Vec<u8>>,
    code_look_up: Option<[u8; 32]>,
    code: Option<Vec<u8>>,
}

fn place<'a>(column: &'static str, row: &'a str) -> Place<'a> {
    Place { table: "queue_events", column, row }
}

/// Puts a new visit into its row and draws its ticket's code.
pub(super) async fn join(
    tx: &mut Transaction<'_>,
    new: &NewVisit,
    visit: &str,
    key: &DataKey,
    at: Timestamp,
) -> Result<TicketCode, StoreError> {
    let id = tx.new_id()?;
    let code = tx.new_ticket_code()?;
    let sealed = SecretBytes::new(code.as_bytes().to_vec());
    let extra = Extra {
        decision: None,
        code_look_up: Some(tx.ticket_look_up(&code)),
        code: Some(tx.seal(&sealed, key, place("code", &id))?),
    };
    let about = About { visit, station: &new.station, day: station_day(at), at };
    let event = Event::Joined { queue: new.queue, room: new.room.clone() };
    append(tx, &id, &about, &event, extra).await?;
    Ok(code)
}

async fn append(
    tx: &mut Transaction<'_>,
    id: &str,
    about: &About<'_>,
    event: &Event<Uuid>,
    extra: Extra,
) -> Result<u64, StoreError> {
    let (room, queue, other) = match event {
        Event::Joined { queue, room } => (Some(room), Some(*queue), None),
        Event::Moved { room } => (Some(room), None, None),
        Event::Reranked { queue } => (None, Some(*queue), None),
        Event::Merged { into } => (None, None, Some(into.to_string())),
        _ => (None, None, None),
    };
    let row = sqlx::query(
        "INSERT INTO queue_events (id, station, day, visit, event, room, queue, other, decision, code_look_up, code, at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
    )
    .bind(id)
    .bind(about.station)
    .bind(about.day.to_string())
    .bind(about.visit)
    .bind(event.as_str())
    .bind(room)
    .bind(queue.map(flows::health::queue::Queue::as_str))
    .bind(other)
    .bind(extra.decision)
    .bind(extra.code_look_up.as_ref().map(<[u8; 32]>::as_slice))
    .bind(extra.code)
    .bind(about.at.as_millisecond())
    .fetch_one(tx.on())
    .await?;
    tx.log(Logged::QueueChanged, id, &row, about.at).await?;
    seq(&row)
}

/// Writes down that `event` happens to a place, and who decided it.
async fn decide(
    tx: &mut Transaction<'_>,
    about: &About<'_>,
    event: &Event<Uuid>,
    by: &Decision,
) -> Result<u64, StoreError> {
    let subject = corrections::whose(tx, about.visit).await?;
    let id = tx.new_id()?;
    let key = tx.key(&subject).await?;
    let decision = key.map(|key| tx.seal(by, &key, place("decision", &id))).transpose()?;
    append(tx, &id, about, event, Extra { decision, ..Extra::default() }).await
}

#[async_trait]
impl Operation for CallNext {
    type Output = Option<Call>;

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<Option<Call>, StoreError> {
        let day = station_day(self.at);
        let loaded = Loaded::read(tx.on(), &self.station, day, self.rule).await?;
        if loaded.last_call(&self.room) != self.seen {
            return Err(StoreError::QueueMovedOn);
        }
        let Some(visit) = loaded.lines.next(&self.room) else { return Ok(None) };
        let row = visit.to_string();
        let about = About { visit: &row, station: &self.station, day, at: self.at };
        let seq = decide(tx, &about, &Event::Called, &self.by).await?;
        let number = number_of(tx.on(), &row).await?;
        Ok(Some(Call { seq, visit, number, room: self.room.clone(), again: false, at: self.at }))
    }
}

#[async_trait]
impl Operation for PlaceChange {
    type Output = ();

    async fn run(&self, tx: &mut Transaction<'_>) -> Result<(), StoreError> {
        // These come with a check-in, and with whoever is next.
        if matches!(self.event, Event::Joined { .. } | Event::Called) {
            return Err(Refusal::AlreadyThere.into());
        }
        let (visit, day) = (self.visit.to_string(), station_day(self.at));
        let station: Option<String> =
            sqlx::query_scalar("SELECT station FROM visits WHERE id = ? AND day = ?")
                .bind(&visit)
                .bind(day.to_string())
                .fetch_optional(tx.on())
                .await?;
        let station = station.ok_or(Refusal::Unknown)?;
        let mut loaded = Loaded::read(tx.on(), &station, day, self.rule).await?;
        loaded.lines.apply(self.visit, &self.event)?;
        let about = About { visit: &visit, station: &station, day, at: self.at };
        decide(tx, &about, &self.event, &self.by).await?;
        Ok(())
    }
}

fn seq(row: &SqliteRow) -> Result<u64, StoreError> {
    u64::try_from(row.try_get::<i64, _>("seq")?)
        .map_err(|_| StoreError::Malformed { what: "queue_events.seq" })
}

fn event(row: &SqliteRow) -> Result<Event<Uuid>, StoreError> {
    let malformed = StoreError::Malformed { what: "queue_events" };
    let room: Option<String> = row.try_get("room")?;
    let queue: Option<String> = row.try_get("queue")?;
    let queue = queue.map(|queue| parse_word("queue_events.queue", &queue)).transpose()?;
    let other: Option<String> = row.try_get("other")?;
    let other = other.map(|other| id("queue_events.other", &other)).transpose()?;
    Ok(match (row.try_get::<String, _>("event")?.as_str(), room, queue, other) {
        ("joined", Some(room), Some(queue), None) => Event::Joined { queue, room },
        ("called", None, None, None) => Event::Called,
        ("recalled", None, None, None) => Event::Recalled,
        ("absent", None, None, None) => Event::Absent,
        ("returned", None, None, None) => Event::Returned,
        ("started", None, None, None) => Event::Started,
        ("finished", None, None, None) => Event::Finished,
        ("moved", Some(room), None, None) => Event::Moved { room },
        ("reranked", None, Some(queue), None) => Event::Reranked { queue },
        ("cancelled", None, None, None) => Event::Cancelled,
        ("merged", None, None, Some(into)) => Event::Merged { into },
        _ => return Err(malformed),
    })
}

/// When things happened to a place.
struct Times {
    given: Timestamp,
    since: Timestamp,
    merged_into: Option<Uuid>,
}

/// A call, before its number is looked up.
struct Called {
    seq: u64,
    visit: Uuid,
    room: String,
    again: bool,
    at: Timestamp,
}

/// A day's queue out of its events.
struct Loaded {
    lines: Lines<Uuid>,
    version: u64,
    order: Vec<Uuid>,
    times: BTreeMap<Uuid, Times>,
    calls: Vec<Called>,
}

impl Loaded {
    async fn read(
        connection: &mut SqliteConnection,
        station: &str,
        day: Date,
        rule: Interleave,
    ) -> Result<Self, StoreError> {
        let rows = sqlx::query(
            "SELECT seq, visit, event, room, queue, other, at FROM queue_events
             WHERE station = ? AND day = ? ORDER BY seq",
        )
        .bind(station)
        .bind(day.to_string())
        .fetch_all(connection)
        .await?;
        let mut loaded = Self {
            lines: Lines::new(rule),
            version: 0,
            order: Vec::new(),
            times: BTreeMap::new(),
            calls: Vec::new(),
        };
        for row in rows {
            loaded.take(&row)?;
        }
        Ok(loaded)
    }

    fn take(&mut self, row: &SqliteRow) -> Result<(), StoreError> {
        let (seq, event) = (seq(row)?, event(row)?);
        let visit = id("queue_events.visit", row.try_get("visit")?)?;
        let at = time("queue_events.at", row.try_get("at")?)?;
        let called = |lines: &Lines<Uuid>, id| {
            lines.place(id).is_some_and(|place| matches!(place.state, State::Called | State::BeingSeen))
        };
        let waited = matches!(&event, Event::Merged { into } if !called(&self.lines, *into));
        self.lines
            .apply(visit, &event)
            .map_err(|_| StoreError::Malformed { what: "the order of queue_events" })?;
        self.version = seq;
        let times = self.times.entry(visit).or_insert_with(|| {
            self.order.push(visit);
            Times { given: at, since: at, merged_into: None }
        });
        times.since = at;
        match event {
            Event::Called | Event::Recalled => {
                let place = self.lines.place(visit);
                let room = place.map(|place| place.room.clone()).unwrap_or_default();
                let again = event == Event::Recalled;
                self.calls.push(Called { seq, visit, room, again, at });
            }
            Event::Merged { into } => {
                times.merged_into = Some(into);
                // The number that goes on takes the call over: the board shows it, and a voice says it.
                if waited && called(&self.lines, into) {
                    let room = self.lines.place(into).map(|place| place.room.clone()).unwrap_or_default();
                    self.calls.push(Called { seq, visit: into, room, again: true, at });
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn last_call(&self, room: &str) -> u64 {
        let mut calls = self.calls.iter().rev();
        calls.find(|call| call.room == room && !call.again).map_or(0, |call| call.seq)
    }

    fn view(self, numbers: &BTreeMap<Uuid, String>) -> DayQueue {
        let number = |visit: &Uuid| numbers.get(visit).cloned().unwrap_or_default();
        let mut ahead = BTreeMap::new();
        let rooms: std::collections::BTreeSet<_> =
            self.lines.places().map(|(_, place)| place.room.as_str()).collect();
        for room in rooms {
            ahead.extend(self.lines.order(room).into_iter().enumerate().map(|(before, id)| (id, before)));
        }
        let places = self.order.iter().filter_map(|visit| {
            let (place, times) = (self.lines.place(*visit)?, self.times.get(visit)?);
            Some(QueuePlace {
                visit: *visit,
                number: number(visit),
                queue: place.queue,
                room: place.room.clone(),
                state: place.state,
                ahead: ahead.get(visit).copied(),
                given_at: times.given,
                since: times.since,
                merged_into: times.merged_into,
            })
        });
        let places = places.collect();
        let calls = self.calls.into_iter().map(|call| Call {
            number: number(&call.visit),
            seq: call.seq,
            visit: call.visit,
            room: call.room,
            again: call.again,
            at: call.at,
        });
        DayQueue { version: self.version, places, calls: calls.collect() }
    }
}

fn called_out(row: &SqliteRow) -> Result<String, StoreError> {
    let queue = parse_word("visits.queue", row.try_get("queue")?)?;
    Ok(ticket_number(queue, row.try_get("number")?))
}

async fn number_of(connection: &mut SqliteConnection, visit: &str) -> Result<String, StoreError> {
    let row = sqlx::query("SELECT queue, number FROM visits WHERE id = ?")
        .bind(visit)
        .fetch_one(connection)
        .await?;
    called_out(&row)
}

/// The queue of a station's day. The caller holds one snapshot.
pub(super) async fn of_day(
    connection: &mut SqliteConnection,
    station: &str,
    day: Date,
    rule: Interleave,
) -> Result<DayQueue, StoreError> {
    let loaded = Loaded::read(connection, station, day, rule).await?;
    let rows = sqlx::query("SELECT id, queue, number FROM visits WHERE station = ? AND day = ?")
        .bind(station)
        .bind(day.to_string())
        .fetch_all(connection)
        .await?;
    let numbers = rows.iter().map(|row| Ok((id("visits.id", row.try_get("id")?)?, called_out(row)?)));
    Ok(loaded.view(&numbers.collect::<Result<_, StoreError>>()?))
}

/// The place of whoever has the code with this keyed hash, at `station` on `day`.
pub(super) async fn by_code(
    connection: &mut SqliteConnection,
    look_up: &[u8; 32],
    station: &str,
    day: Date,
    rule: Interleave,
) -> Result<Option<QueuePlace>, StoreError> {
    let visit: Option<String> = sqlx::query_scalar(
        "SELECT visit FROM queue_events WHERE code_look_up = ? AND station = ? AND day = ?",
    )
    .bind(look_up.as_slice())
    .bind(station)
    .bind(day.to_string())
    .fetch_optional(&mut *connection)
    .await?;
    let Some(visit) = visit else { return Ok(None) };
    let queue = of_day(connection, station, day, rule).await?;
    let mut place = queue.place(id("queue_events.visit", &visit)?);
    // Each merge leads to a number that was open then, so that there is no circle.
    while let Some(into) = place.and_then(|place| place.merged_into) {
        place = queue.place(into);
    }
    Ok(place.cloned())
}

/// The ticket's code of a visit; none where the subject was erased.
pub(super) async fn code(
    connection: &mut SqliteConnection,
    key: Option<&DataKey>,
    visit: Uuid,
) -> Result<Option<TicketCode>, StoreError> {
    let Some(key) = key else { return Ok(None) };
    let row = sqlx::query("SELECT id, code FROM queue_events WHERE visit = ? AND event = 'joined'")
        .bind(visit.to_string())
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let Some(sealed) = row.try_get::<Option<Vec<u8>>, _>("code")? else { return Ok(None) };
    let opened = Sealed::<SecretBytes>::from_stored(sealed).open(key, place("code", row.try_get("id")?))?;
    Ok(Some(TicketCode::new(bytes("queue_events.code", opened.as_slice().to_vec())?)))
}

/// As [`code`], where the key has to be fetched.
pub(super) async fn code_for(
    connection: &mut SqliteConnection,
    keys: &Keys,
    subject: Uuid,
    visit: Uuid,
) -> Result<Option<TicketCode>, StoreError> {
    let key = keys.fetch(&mut *connection, &subject.to_string()).await?;
    code(connection, key.as_ref(), visit).await
}
