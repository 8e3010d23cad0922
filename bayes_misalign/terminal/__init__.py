"""What commands have in common: how they talk, which flags they take, those that begin a study."""
