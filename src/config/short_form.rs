//! The short YAML form teams already write in `.github/ai-heal-policy.yml`, read into the same raw policy.
