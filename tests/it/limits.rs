//! What one whole heal asks of GitHub, against what GitHub allows. `--nocapture` prints the figures.

use super::gate::Scene;
use super::support::github::{Exchange, TOKEN};
use super::support::machine::Machine;
use super::support::step::{OWN_RUN, Step};

/// From GitHub's documentation: a job's own token has so many requests an hour for a whole repository.
const REQUESTS_AN_HOUR: usize = 1_000;

/// A tenth of them for one heal leaves the rest to everybody else, and to nine more heals.
const SHARE: usize = 10;

/// From GitHub's documentation: a read counts one point, a write five, and 900 a minute are allowed.
const POINTS_A_MINUTE: usize = 900;

/// Requests, points, and bytes of the answers.
fn weight(exchanges: &[Exchange]) -> (usize, usize, usize) {
    let points = exchanges.iter().map(|exchange| if exchange.method == "GET" { 1 } else { 5 }).sum();
    let bytes =
        exchanges.iter().filter_map(|exchange| exchange.response.as_ref()).map(|body| body.to_string().len()).sum();
    (exchanges.len(), points, bytes)
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures are for whoever asks for them with --nocapture")]
fn a_whole_heal_and_its_publish_stay_far_below_githubs_limits() {
    let machine = Machine::new();
    let scene = Scene::new(&machine);
    let event = scene.github.event(scene.run);
    let token = [("GITHUB_TOKEN", TOKEN)];
    let heal = Step::new(&machine, &scene.github, "heal", &event);
    heal.self_heal(["heal", "--model", "none", "--workspace", &scene.workspace().to_string_lossy()], &token);
    let outputs = heal.outputs();
    assert_eq!(outputs["outcome"], "healed");
    let healed = scene.github.state().exchanges.len();
    scene.github.approve(OWN_RUN, &format!("self-heal-{}", outputs["risk-tier"]), "approved", "octocat");
    let publish = Step::new(&machine, &scene.github, "publish", &event);
    publish
        .self_heal(["publish", "--bundle", &outputs["bundle"], "--bundle-sha256", &outputs["bundle-sha256"]], &token);
    assert_eq!(publish.outputs()["outcome"], "published");
    let state = scene.github.state();
    for (what, exchanges) in [("heal", &state.exchanges[..healed]), ("publish", &state.exchanges[healed..])] {
        let (requests, points, bytes) = weight(exchanges);
        println!("{what}: {requests} requests, {points} points, {bytes} bytes of answers");
        for exchange in exchanges {
            println!("  {} {} {}", exchange.method, exchange.path, exchange.status);
        }
        assert!(requests > 5, "{what}: nothing was counted");
        assert!(requests <= REQUESTS_AN_HOUR / SHARE / 2, "{what}: {requests} requests");
        assert!(points <= POINTS_A_MINUTE / SHARE, "{what}: {points} points");
    }
}
