//! The list cells of a row: occupations, languages, availability, topics.

use super::columns::Column;
use super::fault::{Fault, Reason};
use super::row::Reader;
use super::values::choice::Role;
use super::values::{self, number};
use crate::people::model::changes::{Changes, LanguageInput, OccupationInput, TopicsInput};
use crate::people::model::parts::{DAY, WindowText, clock};
use crate::people::model::text::clean;
use crate::people::model::{OccupationKind, topics};
use crate::reference::NocCode;

impl Reader<'_> {
    pub(super) fn occupations(&mut self, changes: &mut Changes, roles: &[Role]) {
        let years = self
            .parsed(Column::Years, number::years)
            .map(|tenths| i32::from(tenths / 10));
        let mut list = Vec::new();
        let target = self.cell(Column::TargetOccupation);
        if let Some(cell) = self.cell(Column::Occupation) {
            for piece in values::pieces(&cell) {
                if let Some((noc, own_words)) = self.occupation(Column::Occupation, piece) {
                    let held = OccupationKind::Held;
                    list.push(OccupationInput {
                        kind: held,
                        noc,
                        own_words,
                        years,
                        last_year: None,
                    });
                }
            }
            // A newcomer's file that has one occupation column means what they want to work in.
            if target.is_none() && roles.contains(&Role::Mentee) {
                let aimed = |held: &OccupationInput| OccupationInput {
                    kind: OccupationKind::Target,
                    years: None,
                    ..held.clone()
                };
                list.extend(list.iter().map(aimed).collect::<Vec<_>>());
            }
        }
        for piece in target.iter().flat_map(|cell| values::pieces(cell)) {
            if let Some((noc, own_words)) = self.occupation(Column::TargetOccupation, piece) {
                let kind = OccupationKind::Target;
                list.push(OccupationInput {
                    kind,
                    noc,
                    own_words,
                    years: None,
                    last_year: None,
                });
            }
        }
        if !list.is_empty() {
            changes.occupations = Some(list);
        }
    }

    /// A code (with its own words where they stand beside it), or own words.
    fn occupation(
        &mut self,
        column: Column,
        piece: &str,
    ) -> Option<(Option<String>, Option<String>)> {
        let piece = clean(piece);
        let start = piece.find(|c: char| c.is_ascii_digit());
        let digits: String = piece
            .get(start.unwrap_or(piece.len())..)
            .unwrap_or_default()
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        let before = piece.get(..start.unwrap_or(0)).unwrap_or_default();
        let is_prefix = matches!(
            before.trim().to_lowercase().as_str(),
            "" | "noc" | "cnp" | "noc:" | "cnp:" | "#"
        );
        if !is_prefix || digits.len() < 4 {
            return Some((None, Some(piece)));
        }
        if digits.len() == 4 {
            self.fault(column, Fault::new(Reason::OldOccupationCode, &piece));
            return None;
        }
        match NocCode::parse(&digits) {
            Err(_) => {
                self.fault(column, Fault::new(Reason::UnknownOccupationCode, &piece));
                None
            }
            Ok(code) => {
                let rest = piece.get(before.len() + digits.len()..).unwrap_or_default();
                let words = clean(rest.trim_start_matches([' ', '-', '–', '—', ':', ',', ')']));
                Some((
                    Some(code.as_str().to_owned()),
                    Some(words).filter(|words| !words.is_empty()),
                ))
            }
        }
    }

    pub(super) fn languages(&mut self, changes: &mut Changes) {
        let Some(cell) = self.cell(Column::Languages) else {
            return;
        };
        let read = values::languages::languages(&cell);
        for fault in read.faults {
            self.fault(Column::Languages, fault);
        }
        let input = |spoken: values::languages::Spoken| LanguageInput {
            language: spoken.language.code().to_owned(),
            level: spoken.level,
            wanted: false,
        };
        changes.languages = Some(read.value.into_iter().map(input).collect());
    }

    pub(super) fn availability(&mut self, changes: &mut Changes) {
        let Some(cell) = self.cell(Column::Availability) else {
            return;
        };
        let read = values::availability::availability(&cell);
        for fault in read.faults {
            self.fault(Column::Availability, fault);
        }
        let text = |window: values::availability::Window| {
            let ends = i32::from(window.end);
            WindowText {
                weekday: i32::from(window.day) + 1,
                starts: clock(i32::from(window.start)),
                ends: clock(if ends > DAY { ends - DAY } else { ends }),
            }
        };
        changes.availability = Some(read.value.into_iter().map(text).collect());
    }

    pub(super) fn topics(&mut self, changes: &mut Changes, roles: &[Role]) {
        let Some(cell) = self.cell(Column::Topics) else {
            return;
        };
        let mut list = Vec::new();
        for piece in cell
            .split([';', '|', ',', '\n'])
            .map(str::trim)
            .filter(|p| !p.is_empty())
        {
            match topics::read(piece) {
                None => {
                    let fault = Fault::new(Reason::TooLong, piece).hint(topics::MAX_OWN);
                    self.fault(Column::Topics, fault);
                }
                Some(topic) => {
                    if !topics::is_known(&topic) {
                        self.fault(Column::Topics, Fault::new(Reason::OwnTopic, &topic));
                    }
                    list.push(topic);
                }
            }
        }
        let offers = roles.contains(&Role::Mentor);
        let wants = roles.contains(&Role::Mentee) || !offers;
        changes.topics = Some(TopicsInput {
            wants: if wants { list.clone() } else { Vec::new() },
            offers: if offers { list } else { Vec::new() },
        });
    }
}
