"""The web application: people, roles and pages around the chart."""
