"""The recipe: its plan, its steps, the gates that join them, and what a run says in the end."""
