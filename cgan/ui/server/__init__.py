"""Between Gradio and the network: security, login, errors, assets, addresses, jobs."""
