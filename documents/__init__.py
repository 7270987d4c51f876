"""Where a fact comes from: documents, attachments, and citations to the sentence."""
