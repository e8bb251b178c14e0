"""What an attacker would put on a page, tried in a browser."""

ELSEWHERE = "http://127.0.0.1:9/"
# What an attacker would put on the page, by the directive that stops it.
SMUGGLED = {
    "script-src-elem": "add('script', {textContent: 'window.ran = 1'})",
    "script-src-attr": "document.body.insertAdjacentHTML('beforeend', '<p onclick=\"window.ran = 1\">')",
    "style-src-elem": "add('style', {textContent: 'body {opacity: 0}'})",
    "img-src": "add('img', {src: elsewhere})",
    "connect-src": "fetch(elsewhere).catch(() => 0)",
    "frame-src": "add('iframe', {src: elsewhere})",
    "object-src": "add('object', {data: elsewhere})",
    "media-src": "add('video', {src: elsewhere})",
    "base-uri": "add('base', {href: elsewhere})",
    "form-action": "add('form', {action: elsewhere}).submit()",
}
PREPARED = f"""() => {{
  const elsewhere = "{ELSEWHERE}";
  const add = (tag, properties) => {{
    const made = Object.assign(document.createElement(tag), properties);
    document.body.append(made);
    return made;
  }};
  window.stopped = [];
  document.addEventListener("securitypolicyviolation", (event) => window.stopped.push(event.effectiveDirective));
  %s
}}"""
