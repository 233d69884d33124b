"""The settings of the servers under measurement."""

AMBASSADOR = """
threads: {threads}
upstream: {{url: 'http://127.0.0.1:{upstream}'}}
audit: {{durability: {durability}, bodies: none}}
log: {{requests: {log}}}
hot_cache: {{memory: {memory}, entry_size_max: 1MiB{redis}}}
flows:
  faq_qa: {{ttl: 1d, session: ignore}}
{more}
"""
SECRET = "a-secret-of-the-benchmark-which-is-none"
# The rate is one that is never reached: what is measured is the counting.
IDENTITY_AND_LIMIT = f"""
auth:
  mode: jwt
  issuers:
    benchmark: {{issuer: benchmark, algorithms: [HS256], secret: '{SECRET}', audience: [ambassador]}}
rate_limits:
  per_tenant: {{rate: 1000000/s, by: [tenant]}}
"""

_NGINX = """
daemon off;
master_process on;
worker_processes {workers};
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
{user}
events {{ worker_connections 2048; }}
"""
NGINX_UPSTREAM = (
    _NGINX
    + """
http {{
    access_log off;
    keepalive_requests 1000000000;
    server {{
        listen 127.0.0.1:{port};
        default_type application/json;
        root {folder}/..;
        location / {{ {answering} }}
        {files}
    }}
}}
"""
)
NGINX_PROXY = (
    _NGINX
    + """
http {{
    log_format line '$remote_addr [$time_local] "$request" $status $body_bytes_sent $request_time';
    access_log {log};
    sendfile {sendfile};
    tcp_nodelay on;
    keepalive_requests 1000000000;
    client_body_in_single_buffer on;
    client_body_buffer_size 16k;
    client_body_temp_path {folder}/body;
    proxy_temp_path {cache}/temporary;
    open_file_cache max=10000 inactive=10m;
    open_file_cache_valid 10m;
    proxy_cache_path {cache}/entries levels=1:2 keys_zone=answers:{zone} max_size=16g inactive=1d use_temp_path=off;
    upstream langflow {{ server 127.0.0.1:{upstream}; keepalive 64; keepalive_requests 1000000000; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://langflow;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            {caching}
        }}
    }}
}}
"""
)
NGINX_CACHING = """
            proxy_cache answers;
            proxy_cache_methods POST;
            proxy_cache_key "$uri|$request_body";
            proxy_cache_valid 200 1d;
"""
NGINX_BUFFERED_LOG = "{folder}/access.log line buffer=64k flush=1s"

LITELLM = """
model_list:
  - model_name: faq_qa
    litellm_params: {{model: openai/faq_qa, api_base: 'http://127.0.0.1:{upstream}/v1', api_key: none}}
litellm_settings:
  cache: true
  cache_params: {{type: redis, host: 127.0.0.1, port: {redis}}}
general_settings: {{master_key: {key}}}
"""
