//! The rows before each room, and whose turn it is.

use std::collections::BTreeMap;

use super::{Event, Interleave, Queue, Refusal, State};

/// A place in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its row.
    pub queue: Queue,
    /// The id of the room.
    pub room: String,
    /// Where it stands.
    pub state: State,
    /// The turn that the person came with, counted over all rooms.
    arrived: u64,
    /// Was absent once and came back.
    returned: bool,
}

/// Who waits before one room, each row in its order.
#[derive(Debug, Clone)]
struct Room<Id> {
    emergency: Vec<Id>,
    priority: Vec<Id>,
    normal: Vec<Id>,
    /// Calls of the priority row, one after the other, while somebody waited in the normal row.
    passed_over: u32,
}

impl<Id> Default for Room<Id> {
    fn default() -> Self {
        Self { emergency: Vec::new(), priority: Vec::new(), normal: Vec::new(), passed_over: 0 }
    }
}

impl<Id: Copy + Eq> Room<Id> {
    fn row(&mut self, queue: Queue) -> &mut Vec<Id> {
        match queue {
            Queue::Emergency => &mut self.emergency,
            Queue::Priority => &mut self.priority,
            Queue::Normal => &mut self.normal,
        }
    }

    fn next(&self, rule: Interleave) -> Option<(Id, Queue)> {
        if let Some(first) = self.emergency.first() {
            return Some((*first, Queue::Emergency));
        }
        let (priority, normal) = (self.priority.first(), self.normal.first());
        match (priority, normal) {
            (Some(_), Some(normal)) if self.passed_over >= rule.priority_per_normal => {
                Some((*normal, Queue::Normal))
            }
            (Some(priority), _) => Some((*priority, Queue::Priority)),
            (None, normal) => normal.map(|normal| (*normal, Queue::Normal)),
        }
    }

    fn called(&mut self, id: Id, queue: Queue) {
        self.row(queue).retain(|waiting| *waiting != id);
        match queue {
            Queue::Emergency => {}
            Queue::Priority if !self.normal.is_empty() => {
                self.passed_over = self.passed_over.saturating_add(1);
            }
            Queue::Priority | Queue::Normal => self.passed_over = 0,
        }
    }
}

/// One day's queue of a station: what its events come to. The same events give the same.
#[derive(Debug, Clone)]
pub struct Lines<Id> {
    rule: Interleave,
    places: BTreeMap<Id, Place>,
    rooms: BTreeMap<String, Room<Id>>,
    arrivals: u64,
}

impl<Id: Copy + Ord> Lines<Id> {
    /// The morning.
    pub const fn new(rule: Interleave) -> Self {
        Self { rule, places: BTreeMap::new(), rooms: BTreeMap::new(), arrivals: 0 }
    }

    /// Takes an event.
    ///
    /// # Errors
    /// Where it may not follow; nothing has then changed.
    pub fn apply(&mut self, id: Id, event: &Event<Id>) -> Result<(), Refusal> {
        if let Event::Joined { queue, room } = event {
            return self.join(id, *queue, room);
        }
        let mut place = self.places.get(&id).ok_or(Refusal::Unknown)?.clone();
        let before = place.clone();
        place.state = event.follows(before.state, before.queue).ok_or(Refusal::Not(before.state))?;
        let mut position = None;
        match event {
            Event::Called => {
                self.rooms.entry(place.room.clone()).or_default().called(id, place.queue);
            }
            Event::Returned => {
                let row = self.rooms.entry(place.room.clone()).or_default().row(place.queue);
                let behind = usize::try_from(self.rule.return_after).unwrap_or(usize::MAX);
                // Once: people who come and go for ever would otherwise hold up whoever stays.
                let behind = if place.returned { row.len() } else { behind.min(row.len()) };
                position = Some(behind);
                place.returned = true;
                // From now on their turn is that of whom they follow, in another room too.
                let followed = behind.checked_sub(1).and_then(|before| row.get(before)).copied();
                let followed = followed.and_then(|id| self.places.get(&id));
                place.arrived = followed.map_or(place.arrived, |other| other.arrived.max(place.arrived));
            }
            Event::Moved { room } => {
                if *room == before.room && before.state != State::BeingSeen {
                    return Err(Refusal::NoChange);
                }
                if before.state == State::BeingSeen {
                    self.arrivals += 1;
                    (place.arrived, place.returned) = (self.arrivals, false);
                }
                place.room.clone_from(room);
            }
            Event::Reranked { queue } if *queue == before.queue => return Err(Refusal::NoChange),
            Event::Reranked { queue } => place.queue = *queue,
            Event::Merged { into } => self.take_over(id, &before, *into)?,
            _ => {}
        }
        self.put(id, place, position);
        Ok(())
    }

    fn join(&mut self, id: Id, queue: Queue, room: &str) -> Result<(), Refusal> {
        if self.places.contains_key(&id) {
            return Err(Refusal::AlreadyThere);
        }
        self.arrivals += 1;
        let (state, arrived) = (State::Waiting, self.arrivals);
        let place = Place { queue, room: room.to_owned(), state, arrived, returned: false };
        self.put(id, place, None);
        Ok(())
    }

    /// The place of `into` gets what is better of the two: the more urgent row, the earlier turn, the further state.
    fn take_over(&mut self, from: Id, place: &Place, into: Id) -> Result<(), Refusal> {
        let kept = self.places.get(&into).filter(|kept| kept.state.is_open() && into != from);
        let mut kept = kept.ok_or(Refusal::NotOpen)?.clone();
        kept.queue = kept.queue.min(place.queue);
        if place.arrived < kept.arrived {
            kept.arrived = place.arrived;
        }
        if place.state.rank() > kept.state.rank() {
            kept.state = place.state;
            kept.room.clone_from(&place.room);
        }
        self.put(into, kept, None);
        Ok(())
    }

    /// Writes a place down, and into its row at `position` or where its turn is.
    #[expect(clippy::needless_pass_by_value, reason = "a place is put somewhere, not looked at")]
    fn put(&mut self, id: Id, place: Place, position: Option<usize>) {
        let before = self.places.insert(id, place.clone());
        if before.as_ref() == Some(&place) {
            return;
        }
        if let Some(before) = before.filter(|before| before.state == State::Waiting)
            && let Some(room) = self.rooms.get_mut(&before.room)
        {
            room.row(before.queue).retain(|waiting| *waiting != id);
        }
        if place.state == State::Waiting {
            let row = self.rooms.entry(place.room.clone()).or_default().row(place.queue);
            let later = |other: &Id| self.places.get(other).is_some_and(|o| o.arrived > place.arrived);
            let turn = || row.iter().position(later).unwrap_or(row.len());
            let position = position.unwrap_or_else(turn).min(row.len());
            row.insert(position, id);
        }
    }

    /// Who is called next to `room`.
    pub fn next(&self, room: &str) -> Option<Id> {
        self.rooms.get(room)?.next(self.rule).map(|(id, _)| id)
    }

    /// Those who wait before `room`, in the order in which they are called if nobody else comes.
    pub fn order(&self, room: &str) -> Vec<Id> {
        let mut room = self.rooms.get(room).cloned().unwrap_or_default();
        let mut order = Vec::new();
        while let Some((id, queue)) = room.next(self.rule) {
            room.called(id, queue);
            order.push(id);
        }
        order
    }

    /// The place of `id`.
    pub fn place(&self, id: Id) -> Option<&Place> {
        self.places.get(&id)
    }

    /// Every place, by id.
    pub fn places(&self) -> impl Iterator<Item = (Id, &Place)> {
        self.places.iter().map(|(id, place)| (*id, place))
    }

    /// How many are called before `id`, if nobody else comes; none where it does not wait.
    pub fn ahead(&self, id: Id) -> Option<usize> {
        let place = self.places.get(&id).filter(|place| place.state == State::Waiting)?;
        self.order(&place.room).iter().position(|waiting| *waiting == id)
    }
}
