//! GitHub's own GraphQL schema: whether a question is one that it answers, and an answer is one that it gives.

use serde_json::{Value, json};

use super::machine::{Machine, package, tools};

/// What is wrong with each of these, a question and its `data`.
pub fn complaints(exchanges: &[(&str, &Value)]) -> Vec<Vec<String>> {
    let script = package().join("fixtures/tools/contracts/graphql.mjs");
    let asked: Vec<Value> = exchanges.iter().map(|(query, data)| json!({ "query": query, "data": data })).collect();
    let machine = Machine::new();
    let ended = machine.program("node", [&script, &tools().join("contracts")]).input(json!(asked).to_string()).run();
    serde_json::from_slice(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {}", ended.stderr()))
}
