// Looks at the page it stands in, and writes what is wrong with it where a test finds it.
const faults = [];
function say(what, element) {
  if (faults.length >= 25) return;
  const article = element && element.closest && element.closest("article");
  const found = article && /BEGIN\d+/.exec(article.textContent);
  faults.push(what + " | " + ((element && element.outerHTML) || "").slice(0, 240) + " | " + (found ? found[0] : ""));
}
const ALLOWED = new Set(("a abbr address article aside audio b bdi bdo blockquote br caption cite code col colgroup dd del " +
  "details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins kbd li main mark nav ol p pre q rp rt ruby s samp " +
  "section small source span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var video wbr").split(" "));
const SCHEMES = new Set(["http:", "https:", "mailto:", "tel:", "ftp:"]);
const BAD = /^(on.*|style|srcdoc|ping|formaction|action|background|poster|autofocus|autoplay|target|popover|popovertarget|contenteditable|is|slot|attributionsrc|longdesc|usemap|xlink:href|data|download|accesskey|tabindex|name|form|for|hidden|inert)$/;
const DIGEST = document.currentScript.dataset.kind === "digest";

function attributes(element) {
  for (const attribute of element.attributes) {
    if (BAD.test(attribute.name)) say("attribute " + attribute.name, element);
    if (["href", "src", "cite"].includes(attribute.name)) {
      let url;
      try { url = new URL(attribute.value, "https://page.example/"); } catch { say("broken address", element); continue; }
      if (!SCHEMES.has(url.protocol)) say("scheme " + url.protocol, element);
      if (url.username || url.password) say("credentials", element);
    }
  }
  if (element.localName === "a" && element.hasAttribute("href") && element.origin !== location.origin && element.target && !/noopener/.test(element.rel)) say("opener", element);
  if (element.localName === "img" && (!/lazy/.test(element.loading) || (!DIGEST && element.referrerPolicy !== "no-referrer"))) say("eager or telling picture", element);
}

// A picture that no person would be shown, or an address that no page may ask for.
function pictures() {
  for (const picture of document.querySelectorAll("img")) {
    if (/\/leak/.test(picture.src + picture.srcset)) say("asks for what it must not", picture);
  }
}

function structure() {
  const body = document.body;
  for (const [selector, parent] of [["main", body], ["body > header", body], ["body > footer", body]]) {
    const all = document.querySelectorAll(selector === "main" ? "body > main" : selector);
    if (all.length !== 1 || all[0].parentNode !== parent) say("the page has " + all.length + " of " + selector);
  }
  const main = document.querySelector("body > main");
  const articles = [...main.children].filter(e => e.localName === "article");
  for (const child of main.childNodes) {
    if (child.nodeType === 1 && child.localName !== "article" && !child.className.includes("own")) say("beside the articles", child);
    if (child.nodeType === 3 && child.data.trim()) say("text beside the articles: " + child.data.slice(0, 100));
  }
  for (const child of body.childNodes) {
    if (child.nodeType === 3 && child.data.trim()) say("text beside the page: " + child.data.slice(0, 100));
    if (child.nodeType === 1 && !["header", "main", "footer", "script", "nav"].includes(child.localName) && child.className !== "skip") say("beside the page", child);
  }
  return articles;
}

function places(articles) {
  const width = document.documentElement.scrollWidth;
  if (DIGEST && width > innerWidth) say("wider than its window: " + width);
  let last = -Infinity;
  for (const article of articles) {
    const own = article.getBoundingClientRect();
    if (own.top < last - 1) say("over the one before it", article);
    last = own.bottom;
    for (const element of article.querySelectorAll("*")) {
      if (getComputedStyle(element).position !== "static" && element.closest(".text")) say("positioned", element);
      const rect = element.getBoundingClientRect();
      if (rect.width && rect.height && (rect.top < own.top - 3 || rect.bottom > own.bottom + 3)) say("out of its article", element);
    }
  }
}

addEventListener("load", () => setTimeout(() => {
  pictures();
  const articles = structure();
  const ids = new Set();
  for (const element of document.querySelector("body > main").querySelectorAll("*")) {
    if (!ALLOWED.has(element.localName) || element.namespaceURI !== "http://www.w3.org/1999/xhtml") say("element " + element.localName, element);
    attributes(element);
    if (DIGEST && element.id) {
      if (ids.has(element.id)) say("id twice", element);
      if (!/^e\d/.test(element.id)) say("id of its own", element);
      ids.add(element.id);
    }
  }
  for (const article of articles) {
    const again = document.createElement("template");
    again.innerHTML = article.innerHTML;
    if (again.innerHTML !== article.innerHTML) say("another tree at the second parse", article);
    if (new Set(article.textContent.match(/BEGIN\d+\./g)).size > 1) say("took in a neighbour", article);
  }
  // What is folded away has a place all the same; it is judged unfolded.
  document.querySelectorAll("details").forEach(folded => { folded.open = true; });
  places(articles);
  if (document.title === "7") say("a script ran");
  const report = document.createElement("pre");
  report.textContent = "REPORT" + JSON.stringify({ articles: articles.length, title: document.title, faults }) + "END";
  document.body.append(report);
}, 300));
