"""Fine-tuning: training sets without leaks, encoders on a CPU, adapters, and OpenAI's service."""
