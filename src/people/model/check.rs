//! Checking what somebody wrote: the value as it is kept, or a fault with its place.

use super::text::clean;
use super::{contact, place};
use crate::kernel::FieldError;

/// A text that holds something.
pub(super) fn filled(text: &Option<String>) -> Option<&str> {
    text.as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

/// Gathers the faults.
#[derive(Default)]
pub(super) struct Check {
    pub faults: Vec<FieldError>,
}

impl Check {
    pub fn fault(&mut self, pointer: impl Into<String>, code: &'static str) {
        self.faults.push(FieldError::new(pointer, code));
    }

    pub fn too_long(&mut self, pointer: impl Into<String>, most: usize) {
        self.faults
            .push(FieldError::new(pointer, "too-long").with("most", most));
    }

    pub fn name(&mut self, pointer: &str, text: &str) -> String {
        self.contact(pointer, contact::name(text))
    }

    pub fn contact(
        &mut self,
        pointer: &str,
        read: Result<String, contact::ContactFault>,
    ) -> String {
        use contact::ContactFault as F;
        match read {
            Ok(text) => return text,
            Err(F::TooLong) => self.too_long(pointer, contact::MAX_NAME),
            Err(F::NotAName) => self.fault(pointer, "name"),
            Err(F::NotAnEmail) => self.fault(pointer, "email"),
            Err(F::SeveralEmails) => self.fault(pointer, "several-emails"),
            Err(F::NotAPhone) => self.fault(pointer, "phone"),
        }
        String::new()
    }

    pub fn line(&mut self, pointer: &str, text: &Option<String>, most: usize) -> Option<String> {
        let line = clean(text.as_deref().unwrap_or_default());
        if line.chars().count() > most {
            self.too_long(pointer, most);
        }
        Some(line).filter(|line| !line.is_empty())
    }

    pub fn province(&mut self, pointer: &str, text: &Option<String>) -> Option<String> {
        let text = filled(text)?;
        let code = place::province(text);
        if code.is_none() {
            self.fault(pointer, "province");
        }
        code.map(str::to_owned)
    }

    pub fn range(&mut self, pointer: String, value: Option<i32>, least: i32, most: i32) {
        if value.is_some_and(|value| !(least..=most).contains(&value)) {
            self.faults.push(
                FieldError::new(pointer, "out-of-range")
                    .with("least", least)
                    .with("most", most),
            );
        }
    }

    pub fn at_most(&mut self, pointer: &str, length: usize, most: usize) -> bool {
        if length > most {
            self.faults
                .push(FieldError::new(pointer, "too-many").with("most", most));
        }
        length <= most
    }
}
