"""The office: the server that devices will sync with. Its door is kept here; nothing is served yet."""
