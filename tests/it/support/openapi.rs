//! GitHub's own description of its API, and how to hold an exchange against it.

use std::fs;

use serde_json::{Value, json};

use super::github::{Exchange, REPOSITORY};
use super::machine::tools;

/// Where `dist-scripts/tools.sh` puts what GitHub publishes.
const DESCRIPTION: &str = "contracts/node_modules/@octokit/openapi/generated/api.github.com.json";

/// How the description is called inside its own references.
const NAME: &str = "urn:github";

pub struct OpenApi {
    document: Value,
    registry: jsonschema::Registry<'static>,
}

/// One of the description's operations.
pub struct Operation<'a> {
    pub method: String,
    pub template: &'a str,
}

impl OpenApi {
    pub fn load() -> Self {
        let path = tools().join(DESCRIPTION);
        let text = fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}; dist-scripts/test.sh installs it", path.display()));
        let mut document: Value = serde_json::from_str(&text).expect("GitHub's description is JSON");
        let mut wanted = json!({ "components": {}, "paths": {} });
        wanted["components"] = document["components"].take();
        wanted["paths"] = document["paths"].take();
        nulls(&mut wanted);
        let registry = jsonschema::Registry::new()
            .draft(jsonschema::Draft::Draft4)
            .add(NAME, wanted.clone())
            .and_then(|description| description.prepare())
            .expect("the description as schemas");
        Self { document: wanted, registry }
    }

    /// The operation that an exchange is one of.
    pub fn operation(&self, exchange: &Exchange) -> Option<Operation<'_>> {
        let (owner, name) = REPOSITORY.split_once('/').expect("owner and name");
        let rest = exchange.path.strip_prefix(&format!("/repos/{owner}/{name}"));
        let method = exchange.method.to_lowercase();
        let paths = self.document["paths"].as_object().expect("paths");
        let fits = |template: &&String| {
            let fits = match (template.strip_prefix("/repos/{owner}/{repo}"), rest) {
                (Some(own), Some(rest)) => fits(own, rest),
                _ => **template == exchange.path,
            };
            fits && paths[template.as_str()].get(&method).is_some()
        };
        // Of several that fit, the one with the fewest holes is meant.
        let template = paths.keys().filter(fits).min_by_key(|template| template.matches('{').count())?;
        Some(Operation { method, template })
    }

    /// What of the exchange is not as GitHub describes it.
    pub fn complaints(&self, operation: &Operation<'_>, exchange: &Exchange) -> Vec<String> {
        let mut complaints = self.query_complaints(operation, exchange);
        // A conditional request may be answered so anywhere, GitHub's documentation says; its description does not.
        if exchange.status == 304 && exchange.method == "GET" && exchange.response.is_none() {
            return complaints;
        }
        let at = format!("/paths/{}/{}", operation.template.replace('/', "~1"), operation.method);
        if let Some(request) = &exchange.request {
            complaints.extend(self.body_complaints(&format!("{at}/requestBody"), request, "the request"));
        }
        let response = format!("{at}/responses/{}", exchange.status);
        if self.resolved(&response).is_none() {
            complaints.push(format!("{} is no answer that GitHub gives", exchange.status));
        } else if let Some(body) = &exchange.response {
            complaints.extend(self.body_complaints(&response, body, "the answer"));
        }
        complaints
    }

    fn query_complaints(&self, operation: &Operation<'_>, exchange: &Exchange) -> Vec<String> {
        let parameters = &self.document["paths"][operation.template][&operation.method]["parameters"];
        let known: Vec<&str> = parameters
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|parameter| self.followed(parameter)["name"].as_str())
            .collect();
        let names = exchange.query.split('&').filter_map(|pair| pair.split('=').next()).filter(|name| !name.is_empty());
        names.filter(|name| !known.contains(name)).map(|name| format!("the query's `{name}` is unknown")).collect()
    }

    fn body_complaints(&self, pointer: &str, body: &Value, what: &str) -> Vec<String> {
        let Some(pointer) = self.resolved(pointer) else { return Vec::new() };
        let pointer = format!("{pointer}/content/application~1json/schema");
        if self.document.pointer(&pointer).is_none() {
            return Vec::new();
        }
        let reference = pointer.replace('{', "%7B").replace('}', "%7D");
        let validator = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft4)
            .with_registry(&self.registry)
            .build(&json!({ "$ref": format!("{NAME}#{reference}") }))
            .unwrap_or_else(|error| panic!("{reference}: {error}"));
        validator.iter_errors(body).map(|error| format!("{what} at {}: {error}", error.instance_path())).collect()
    }

    /// A pointer with a reference at its end followed; `None` when it points at nothing.
    fn resolved(&self, pointer: &str) -> Option<String> {
        let value = self.document.pointer(pointer)?;
        Some(match value["$ref"].as_str() {
            Some(reference) => reference.trim_start_matches('#').to_owned(),
            None => pointer.to_owned(),
        })
    }

    fn followed<'v>(&'v self, value: &'v Value) -> &'v Value {
        let reference = value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
        reference.and_then(|pointer| self.document.pointer(pointer)).unwrap_or(value)
    }
}

/// Whether a path is one of a template's. What stands for a branch or a file has slashes of its own.
fn fits(template: &str, path: &str) -> bool {
    let (mut names, mut parts) = (template.split('/'), path.split('/').peekable());
    loop {
        match (names.next(), parts.next()) {
            (None, None) => return true,
            (Some("{ref}" | "{basehead}" | "{path}"), Some(_)) => while parts.next().is_some() {},
            (Some(name), Some(part)) if name == part || (name.starts_with('{') && !part.is_empty()) => {}
            _ => return false,
        }
    }
}

/// OpenAPI 3.0 says `nullable`, JSON Schema says a type or a value of null.
fn nulls(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(nulls),
        Value::Object(fields) => {
            fields.values_mut().for_each(nulls);
            if fields.get("nullable") == Some(&Value::Bool(true)) {
                fields.remove("nullable");
                let inner = Value::Object(std::mem::take(fields));
                fields.insert("anyOf".to_owned(), json!([{ "type": "null" }, inner]));
            }
        }
        _ => {}
    }
}

#[test]
fn a_template_fits_its_own_paths_only() {
    assert!(fits("/git/ref/{ref}", "/git/ref/heads/self-heal/main/x"));
    assert!(fits("/pulls/{pull_number}", "/pulls/7"));
    assert!(!fits("/pulls/{pull_number}", "/pulls"));
    assert!(!fits("/pulls", "/pulls/7"));
    assert!(!fits("/pulls/{pull_number}", "/issues/7"));
}
