"""What stands behind the chat: a question from the page to its kept answer."""
