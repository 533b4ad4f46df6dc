"""The page: Gradio around the sampler. Gradio asks the outside for nothing from here on."""

import os

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
