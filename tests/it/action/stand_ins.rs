//! The stand-ins for GitHub's own actions, which every workflow that is run here leans on.

use std::fs;

use crate::support::act::Act;
use crate::support::github::FakeGithub;
use crate::support::machine::Machine;
use crate::support::repository::Repository;

const SHA: &str = "0000000000000000000000000000000000000000";

#[test]
fn a_commit_and_an_artifact_go_from_job_to_job() {
    let machine = Machine::new();
    let source = Repository::new(&machine, machine.folder().join("source"));
    source.write("a.txt", "before\n");
    let before = source.commit("Before");
    source.write("a.txt", "after\n");
    let after = source.commit("After");
    let github = FakeGithub::start(&machine, &source);
    let workflow = machine.folder().join("hand-over.yml");
    let text = format!(
        "on: workflow_run
jobs:
  heal:
    runs-on: ubuntu-24.04
    outputs:
      artifact: ${{{{ steps.again.outputs.artifact-id }}}}
      nothing: ${{{{ steps.nothing.outputs.artifact-id }}}}
    steps:
      - id: checkout
        uses: actions/checkout@{SHA}
        with: {{ ref: '${{{{ github.event.workflow_run.head_sha }}}}', persist-credentials: false }}
      - run: |
          mkdir \"$RUNNER_TEMP/out\"; cp a.txt \"$RUNNER_TEMP/out/\"; touch \"$RUNNER_TEMP/out/.hidden\"
          git config --get-regexp extraheader || echo no token
          git log --format=%s
      - id: upload
        uses: actions/upload-artifact@{SHA}
        with: {{ name: bundle, path: '${{{{ runner.temp }}}}/out', retention-days: 30 }}
      - id: again
        uses: actions/upload-artifact@{SHA}
        with: {{ name: bundle, path: '${{{{ runner.temp }}}}/out', overwrite: true, retention-days: 7 }}
      - id: conflict
        continue-on-error: true
        uses: actions/upload-artifact@{SHA}
        with: {{ name: bundle, path: '${{{{ runner.temp }}}}/out' }}
      - id: nothing
        uses: actions/upload-artifact@{SHA}
        with: {{ name: nothing, path: no-such-folder }}
  publish:
    needs: heal
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@{SHA}
      - uses: actions/download-artifact@{SHA}
        with: {{ artifact-ids: '${{{{ needs.heal.outputs.artifact }}}}', path: bundle }}
      - run: |
          echo \"run $GITHUB_RUN_ID of $GITHUB_WORKFLOW_REF at $GITHUB_API_URL\"
          cat a.txt bundle/a.txt; ls -A bundle
          git config --get-regexp extraheader
"
    );
    fs::write(&workflow, text).expect("write the workflow");
    let event = serde_json::json!({ "workflow_run": { "head_sha": before } });
    let act = Act::new(&machine, &workflow).against(&github).event("workflow_run", event);
    let artifacts = act.artifacts();
    let played = act.run().must_succeed();
    assert_eq!((played.job("heal"), played.job("publish")), (Some("success"), Some("success")));
    assert_eq!(played.step("heal", "1"), Some("success"));
    assert_eq!(played.outputs("heal", "checkout")["commit"], before);
    assert_eq!(played.outputs("heal", "upload")["artifact-id"], "1");
    assert!(!artifacts.join("2").exists());
    assert_eq!(played.step("heal", "conflict"), Some("failure"));
    assert_eq!(played.outputs("heal", "nothing")["artifact-id"], "");
    assert!(played.said("heal").contains("no token\nBefore\n"), "{}", played.said("heal"));
    let said = played.said("publish");
    assert!(said.contains(&format!("HEAD is now at {} After", &after[..7])), "{said}");
    assert!(said.contains("run 77 of octo-org/adder/.github/workflows/hand-over.yml@refs/heads/main at http://127."));
    assert!(
        said.contains("after\nbefore\na.txt\nhttp.https://github.com/.extraheader AUTHORIZATION: basic "),
        "{said}"
    );
    assert_eq!(fs::read_to_string(artifacts.join("1/name")).expect("a name"), "bundle\n");
    assert_eq!(fs::read_to_string(artifacts.join("1/retention-days")).expect("days"), "7\n");
}

#[test]
fn an_artifact_that_is_not_there_fails_its_job_and_says_so() {
    let machine = Machine::new();
    let workflow = machine.folder().join("nothing.yml");
    let text = format!(
        "on: workflow_dispatch
jobs:
  publish:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/download-artifact@{SHA}
        with: {{ artifact-ids: 7, path: bundle }}
"
    );
    fs::write(&workflow, text).expect("write the workflow");
    let played = Act::new(&machine, &workflow).run().must_fail();
    assert_eq!((played.job("publish"), played.step("publish", "0")), (Some("failure"), Some("failure")));
    assert!(played.log().contains("No artifacts found matching the provided artifact-ids: 7"), "{}", played.log());
}

#[test]
fn an_action_is_taken_from_its_folder_with_variables_and_secrets_and_its_summary_is_heard() {
    let machine = Machine::new();
    let folder = machine.folder().join("an action");
    fs::create_dir_all(&folder).expect("make the action's folder");
    let action = "name: paint
inputs: { colour: { default: none } }
outputs: { colour: { value: '${{ steps.paint.outputs.colour }}' } }
runs:
  using: composite
  steps:
    - id: paint
      shell: bash
      env: { COLOUR: '${{ inputs.colour }}' }
      run: |
        echo \"### $COLOUR\" >>\"$GITHUB_STEP_SUMMARY\"
        echo \"colour=$COLOUR\" >>\"$GITHUB_OUTPUT\"
        echo \"with $SHADE and $POT\"
";
    fs::write(folder.join("action.yml"), action).expect("write the action");
    let workflow = machine.folder().join("paint.yml");
    let text = "on: push
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - id: first
        uses: octo-org/paint@v1
        with: { colour: green }
        env: { POT: '${{ secrets.POT }}' }
";
    fs::write(&workflow, text).expect("write the workflow");
    let act = Act::new(&machine, &workflow).event("push", "{}").action("octo-org/paint", &folder);
    let played = act.variable("SHADE", "dark").secret("POT", "a-secret-pot").run().must_succeed();
    assert_eq!(played.outputs("one", "first")["colour"], "green");
    assert_eq!(played.summary("one", "first"), "### green\n");
    assert_eq!(played.said("one"), "with dark and ***\n");
}
