//! What a model answered.

use crate::domain::context::Usage;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// As it came: nothing is believed of it before it is checked against its schema.
    pub text: String,
    /// `None` where the provider does not count.
    pub usage: Option<Usage>,
    /// The model that really answered, as the provider names it.
    pub model: String,
}
