//! Elixir's and Erlang's tools.

mod exunit;
mod compile;

use super::form::Form;
use super::reader::Make;

pub const READERS: &[Make] = &[|| Box::new(exunit::ExUnit::default())];

pub const FORMS: &[&Form] = &[
    &compile::DIAGNOSTIC,
    &compile::THROWN,
    &compile::RUNTIME,
    &compile::MIX_DEPS,
    &compile::MIX_FORMAT,
    &compile::MIX,
    &compile::CREDO,
    &compile::DIALYXIR,
    &compile::CREDO_ONE_LINE,
    &compile::ERLC,
    &compile::REBAR3,
];
