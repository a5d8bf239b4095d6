// What every page shares: building elements (text only ever as text), asking the server, the bar, keys, theme.
(function (mj) {
  'use strict';

  const FAMILIES = {admission: '住', charges: '费', documents: '书'};
  const BARS = {established: 3, probable: 2, clue: 1};
  const PAGES = {review: ['审核', '/'], overview: ['总览', '/overview'], inspections: ['检查', '/inspections'], chat: ['问答', '/chat'],
    library: ['依据', '/library'], rules: ['规则', '/rulebook'], papers: ['文书', '/papers'], audit: ['留痕', '/audit'], users: ['人员', '/users'], quality: ['评测', '/quality']};

  mj.el = function (tag, settings, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(settings || {})) {
      if (value === undefined || value === null || value === false) continue;
      if (name === 'on') for (const [event, run] of Object.entries(value)) node.addEventListener(event, run);
      else if (name === 'data') Object.assign(node.dataset, value);
      else if (name === 'style') node.style.cssText = value;
      else node.setAttribute(name, value === true ? '' : value);
    }
    const kept = children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== '');
    node.append(...kept.flatMap((child) => typeof child === 'string' && UNSEEN.test(child) ? unseen(child, tag) : child));
    return node;
  };
  // A letter nobody can see, or that turns the order of those after it, is shown by its number and acts on nothing outside
  // itself; the text stays letter for letter what it was.
  const UNSEEN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
  const numberOf = (letter) => 'U+' + letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
  const unseen = (words, tag) => words.split(new RegExp(`(${UNSEEN.source})`)).filter(Boolean).map((part) => {
    if (!UNSEEN.test(part) || tag === 'textarea') return part;
    if (tag === 'option') return numberOf(part);  // a choice holds no elements
    return mj.el('span', {class: 'unseen', title: '看不见的字符，原文如此', data: {number: numberOf(part)}}, Object.assign(document.createElement('bdi'), {textContent: part}));
  });
  // letters as a reader counts them: a rare character, a joined emoji, a letter with its accent are one each
  const graphemes = new Intl.Segmenter('zh', {granularity: 'grapheme'});
  mj.letters = (words) => [...graphemes.segment(words)].map((one) => one.segment);
  mj.shortName = (name) => { const all = mj.letters(name); return all.length > 8 ? all.slice(0, 8).join('') + '…' : name; };
  mj.kbd = (key) => mj.el('kbd', {}, key);
  mj.family = (family) => mj.el('span', {class: 'family ' + family, title: {admission: '住院', charges: '收费', documents: '文书'}[family]}, FAMILIES[family]);
  mj.certainty = (code, name) => mj.el('span', {class: 'certainty'},
    [1, 2, 3].map((step) => mj.el('i', {class: step <= BARS[code] ? 'full' : ''})), name);
  mj.yuan = (amount) => amount === null || amount === undefined ? '—'
    : Number(amount).toLocaleString('zh-CN', {minimumFractionDigits: 2, maximumFractionDigits: 2});
  mj.clock = function (iso) {
    if (!iso) return '';
    const at = new Date(iso), two = (n) => String(n).padStart(2, '0');
    const time = two(at.getHours()) + ':' + two(at.getMinutes());
    const today = at.toDateString() === new Date().toDateString();
    return today ? time : two(at.getMonth() + 1) + '-' + two(at.getDate()) + ' ' + time;
  };
  mj.short = (stamp, year) => !stamp ? '' : String(stamp).replace('T', ' ').replace(year ? year + '-' : ' ', year ? '' : ' ').slice(0, 16);

  // The client swallows every error and hands back undefined, so undefined is "the server did not answer".
  mj.ask = async function (page, name, value) {
    let reply;
    try { reply = await page.server[name]({...value, ...(page.person ? {as: page.person.name} : {})}); } catch { reply = undefined; }
    offline(page, reply === undefined || reply === null);
    if (reply && reply.other_person) { location.assign('/'); return null; }
    if (reply && reply.signed_out) { mj.signInSheet(page); return null; }
    return reply === undefined ? null : reply;
  };
  // A picture that did not come says only that it failed; asked again, its address tells why.
  mj.noPicture = async function (picture) {
    const note = mj.el('p', {class: 'notice small'}, '这一页不能显示图像，文字仍可读。');
    picture.parentNode.replaceChildren(note);
    try { note.textContent = (await (await fetch(picture.src)).json()).problem || note.textContent; } catch { /* the plain note stands */ }
  };
  function offline(page, is) {
    const band = page.root.querySelector('.band.offline');
    if (band) band.hidden = !is;
  }

  mj.start = function (name, root, server) {
    document.documentElement.lang = 'zh-CN';
    const page = {name, root, server, keys: {}, dialogs: 0};
    root.classList.add('app');
    listen(page);
    mj['page_' + name](page);
  };

  mj.frame = function (page, about, body) {
    const person = page.person = about.person;
    mj.watchIdle(page);
    const switcher = about.inspections && about.inspections.length ? mj.el('select', {
      class: 'switch', 'aria-label': '选择检查', on: {change: (e) => about.onSwitch(e.target.value)}},
      about.inspections.map((one) => mj.el('option', {value: one.key, selected: one.key === about.inspection}, one.name))) : null;
    const top = mj.el('header', {class: 'top'},
      mj.el('a', {class: 'logo', href: '/'}, mj.el('i', {}), mj.el('span', {}, '明鉴')), switcher,
      mj.el('nav', {class: 'pages', 'aria-label': '页面'}, person.pages.map((key) =>
        mj.el('a', {href: PAGES[key][1], 'aria-current': key === page.name ? 'page' : null}, PAGES[key][0]))),
      mj.el('div', {class: 'who push'},
        mj.el('button', {class: 'avatar', 'aria-label': person.name + ' 的菜单',
          on: {click: (e) => userMenu(page, person, e.currentTarget)}}, mj.letters(person.name)[0]),
        mj.el('span', {class: 'name'}, mj.el('b', {class: 'strong', style: 'color:var(--ink)'}, person.name), ' · ' + person.role),
        mj.el('button', {'aria-label': '键盘', on: {click: () => page.showKeys && page.showKeys()}}, mj.kbd('?'))));
    page.root.replaceChildren(top, mj.el('div', {},
      mj.el('div', {class: 'band offline', role: 'status', hidden: true}, '与服务器断开，决定已留在本机，恢复后自动存入。')), body);
  };

  function userMenu(page, person, anchor) {
    const old = page.root.querySelector('.menu.user');
    if (old) { old.remove(); return; }
    const menu = mj.el('div', {class: 'menu user', style: 'top:44px;right:16px'},
      mj.el('button', {on: {click: () => mj.toggleTheme(page)}}, '深色或浅色', mj.el('span', {class: 'push'}, mj.kbd('D'))),
      mj.el('button', {on: {click: () => mj.toggleRoom()}}, '舒展或紧凑'),
      person.menu.map((key) => mj.el('a', {href: PAGES[key][1]}, PAGES[key][0])),
      person.demo || person.by_proxy ? null : mj.el('a', {href: '/password'}, '修改密码'),
      person.demo ? mj.el('a', {href: '/sign-in?first=1'}, '设置管理员')
        : mj.el('form', {method: 'post', action: '/sign-out'}, mj.el('button', {type: 'submit'}, '退出登录')));
    page.root.append(menu);
    menu.querySelector('button').focus();
    const away = (e) => { if (!menu.contains(e.target) && e.target !== anchor) { menu.remove(); document.removeEventListener('mousedown', away); } };
    document.addEventListener('mousedown', away);
  }
  mj.toggleTheme = function () {
    const dark = document.body.classList.toggle('dark');
    localStorage.setItem('mingjian-theme', dark ? 'dark' : 'light');
  };
  // larger letters and wider rows; drawings keep their size, and lists of fixed rows are drawn anew
  mj.toggleRoom = function () {
    localStorage.setItem('mingjian-room', document.body.classList.toggle('roomy') ? 'roomy' : 'dense');
    window.dispatchEvent(new Event('mingjian-room'));
  };
  const kept = localStorage.getItem('mingjian-theme'), room = localStorage.getItem('mingjian-room');
  const settle = () => {
    if (kept) document.body.classList.toggle('dark', kept === 'dark');
    document.body.classList.toggle('roomy', room === 'roomy');
  };
  if (document.body) settle();
  document.addEventListener('DOMContentLoaded', settle);
  mj.settleTheme = settle;

  // Keys go by place on the board, so that an active Chinese input method does not matter.
  function listen(page) {
    document.addEventListener('keydown', function (e) {
      if (!page.root.isConnected || e.isComposing || e.repeat) return;
      const undo = e.ctrlKey && e.code === 'KeyZ' && !e.altKey && !e.metaKey;
      if ((e.ctrlKey || e.metaKey || e.altKey) && !undo) return;
      if (e.target.closest && e.target.closest('input,textarea,select,[contenteditable=true]')) return;
      if (page.root.querySelector('dialog[open]')) return;
      if (page.capture && page.capture(e)) { e.preventDefault(); return; }
      const name = e.key === '?' ? 'Shift+Slash' : (e.shiftKey ? 'Shift+' : '') + e.code;
      const act = page.keys[name] || (e.shiftKey ? null : page.keys[e.code]);
      const onButton = e.target.closest && e.target.closest('button,a,summary') && ['Enter', 'Space'].includes(e.code);
      if (act && !onButton) { e.preventDefault(); act(e); }
    });
  }

  mj.keysDialog = function (page, groups) {
    const dialog = mj.el('dialog', {'aria-label': '键盘'},
      mj.el('h2', {}, '键盘', mj.el('button', {class: 'push small link', on: {click: () => dialog.close()}}, '关闭 ', mj.kbd('Esc'))),
      mj.el('div', {class: 'key-groups'}, groups.map(([title, keys]) => mj.el('div', {}, mj.el('h3', {}, title),
        keys.map(([key, what]) => mj.el('p', {}, mj.el('span', {}, key.split(' ').map(mj.kbd)), what))))));
    dialog.addEventListener('close', () => dialog.remove());
    page.root.append(dialog);
    dialog.showModal();
  };

  // The whole page where the server refuses it, or did not answer.
  mj.refuse = (page, reply) => page.root.replaceChildren(mj.el('div', {class: 'empty'}, reply ? reply.problem || '请重新登录。' : '没有连上服务器。', mj.el('a', {href: '/'}, '返回我的页面')));

  mj.loaded.add('mingjian');
})(window.mingjian ||= {loaded: new Set()});
