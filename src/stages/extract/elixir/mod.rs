//! Elixir's and Erlang's tools.

mod exunit;
mod elixirc;
mod erlc;
mod mix;
mod credo;
mod dialyzer;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[|| Box::new(exunit::ExUnit::default())];

pub const FORMS: &[&Form] = &[
    &elixirc::DIAGNOSTIC,
    &elixirc::THROWN,
    &elixirc::RUNTIME,
    &mix::DEPS,
    &mix::FORMAT,
    &mix::RAISED,
    &credo::SUGGESTED,
    &dialyzer::DIALYXIR,
    &credo::ONE_LINE,
    &erlc::PLAIN,
    &erlc::REBAR3,
];
