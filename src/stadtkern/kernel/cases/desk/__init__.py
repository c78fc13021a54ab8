"""The city's side of a case: work, questions, messages, the decision, figures."""
