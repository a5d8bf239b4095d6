// 留痕: who did what, before and after, newest first; filters above, a hundred lines at a time, the state of the chain beside.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const KEYS = [['留痕', [['[ ]', '较新、较早的一页'], ['/', '筛选']]], ['页面', [['D', '深色或浅色'], ['?', '本表'], ['Esc', '清除筛选']]]];
  const time = function (iso) {
    const at = new Date(iso), two = (n) => String(n).padStart(2, '0');
    const day = `${two(at.getMonth() + 1)}-${two(at.getDate())}`, year = at.getFullYear();
    return `${year === new Date().getFullYear() ? '' : year + '-'}${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  };

  mj.page_audit = async function (page) {
    const given = new URLSearchParams(location.search), names = ['who', 'act', 'inspection', 'from', 'to'];
    const S = {wanted: Object.fromEntries(names.map((name) => [name, given.get(name) || ''])), from: [null], reply: null, token: 0};
    const first = await mj.ask(page, 'open_audit', S.wanted);
    if (!first || (first.problem && !first.lines)) { mj.refuse(page, first); return; }
    S.reply = first;
    const choice = (name, words, options) => el('select', {class: 'switch', 'aria-label': words, on: {change: (e) => want(name, e.target.value)}}, el('option', {value: ''}, words), options.map(([value, label]) => el('option', {value, selected: value === S.wanted[name]}, label)));
    const day = (name, words) => el('input', {class: 'field', 'aria-label': words, title: words, value: S.wanted[name], maxlength: 10, placeholder: '年-月-日', on: {change: (e) => want(name, e.target.value)}});
    const fields = () => [first.everybody ? choice('who', '所有人', first.people.map((name) => [name, name])) : '', choice('act', '所有动作', first.acts.map((one) => [one.act, one.name])),
      choice('inspection', '所有检查', first.inspections.map((one) => [one.key, one.name])), el('span', {class: 'days'}, day('from', '从这一天'), '至', day('to', '到这一天')), clear];
    const clear = el('button', {class: 'link', on: {click: reset}}, '清除筛选'), filters = el('div', {class: 'filters-of-trail', role: 'group', 'aria-label': '筛选'});
    const chain = el('p', {class: 'chain', role: 'status'}, '正在核对哈希链…'), when = el('span', {class: 'when-proven small muted'}), again = el('button', {class: 'btn', hidden: true, on: {click: () => prove(true)}}, '全部重新核对');
    const problem = el('p', {class: 'notice', role: 'alert', hidden: true});
    const table = el('div', {class: 'scroll panel trail', tabindex: '0', 'aria-label': '留痕'}), told = el('span', {class: 'small muted'});
    const newer = el('button', {class: 'btn', on: {click: () => turn(-1)}}, mj.kbd('['), '较新'), older = el('button', {class: 'btn', on: {click: () => turn(1)}}, '较早', mj.kbd(']'));
    const body = el('main', {class: 'audit'}, el('header', {class: 'title'}, el('h1', {}, '留痕'), first.everybody ? '' : el('span', {class: 'small muted'}, '只列您自己的'), el('div', {class: 'proof'}, when, chain, again)), filters, problem, table, el('div', {class: 'turning'}, told, newer, older));
    page.showKeys = () => mj.keysDialog(page, KEYS);

    async function load() {
      const mine = ++S.token, below = S.from[S.from.length - 1];
      table.classList.add('stale');
      const reply = await mj.ask(page, 'open_audit', {...S.wanted, again: true, ...(below ? {below} : {})});
      if (mine !== S.token) return;
      table.classList.remove('stale');
      problem.hidden = Boolean(reply && !reply.problem);
      problem.textContent = reply ? reply.problem || '' : '没有读出来，请重试。';
      if (!reply || reply.problem) return;
      S.reply = reply;
      draw();
      table.scrollTop = 0;
    }
    function want(name, value) {
      S.wanted[name] = value;
      S.from = [null];
      history.replaceState({}, '', '/audit?' + new URLSearchParams(Object.entries(S.wanted).filter(([, one]) => one)));
      load();
    }
    function reset() { for (const name of names) S.wanted[name] = ''; filters.replaceChildren(...fields()); want('who', ''); }
    function turn(step) {
      const lines = S.reply.lines;
      if (step > 0 && !older.disabled) S.from.push(lines[lines.length - 1].seq);
      else if (step < 0 && S.from.length > 1) S.from.pop();
      else return;
      load();
    }
    function row(one) {
      const of = one.case ? one.opens ? el('a', {href: `/?case=${encodeURIComponent(one.case)}`}, '病例 ' + one.case.slice(0, 6)) : el('span', {}, '病例 ' + one.case.slice(0, 6)) : '';
      const change = [one.before ? el('span', {class: 'was'}, one.before) : '', one.before && one.after ? ' → ' : '', one.after ? el('span', {class: 'is'}, one.after) : ''];
      return el('tr', {data: {seq: one.seq}, class: one.seq === S.broken ? 'broken' : ''}, el('td', {class: 'number small muted', title: '哈希 ' + one.hash}, String(one.seq)), el('td', {class: 'when'}, time(one.at)), el('td', {class: 'who-cell'}, el('span', {class: 'cut', title: one.who}, one.who)), el('td', {class: 'act'}, one.act),
        el('td', {class: 'of'}, el('span', {class: 'cut', title: one.inspection}, one.inspection)), el('td', {class: 'about'}, of, of && one.subject ? ' · ' : '', el('span', {}, one.subject)), el('td', {class: 'change'}, change));
    }
    function draw() {
      const {lines, count, at_once: most} = S.reply, start = (S.from.length - 1) * most;
      clear.hidden = !Object.values(S.wanted).some(Boolean);
      told.textContent = S.from[1] && S.from[1] === S.broken + 5 ? `自序号 ${lines.length ? lines[0].seq : 0} 起，共 ${count.toLocaleString()} 条` : lines.length ? `第 ${(start + 1).toLocaleString()}–${(start + lines.length).toLocaleString()} 条，共 ${count.toLocaleString()} 条` : '';
      newer.disabled = S.from.length < 2;
      older.disabled = lines.length < most || start + lines.length >= count;
      table.replaceChildren(lines.length ? el('table', {class: 'list'}, el('thead', {}, el('tr', {}, ['序', '时间', '人', '动作', '检查', '对象', '之前 → 之后'].map((name) => el('th', {}, name)))), el('tbody', {}, lines.map(row)))
        : el('div', {class: 'empty'}, el('p', {}, Object.values(S.wanted).some(Boolean) ? '没有符合的留痕。' : '还没有留痕。'), clear.hidden ? '' : el('button', {class: 'btn', on: {click: reset}}, '清除筛选')));
    }
    async function prove(anew) {
      const mine = S.proof = (S.proof || 0) + 1, reply = await mj.ask(page, 'open_chain', anew ? {again: true} : {});
      if (mine !== S.proof || !body.isConnected) return;
      if (!reply || reply.problem) { chain.textContent = reply ? reply.problem : '哈希链没有核对成，请刷新页面。'; return; }
      const walking = !reply.proving ? '' : `正在${reply.known ? '重新核对' : '核对哈希链'}${reply.of ? `，${reply.walked.toLocaleString()} / ${reply.of.toLocaleString()} 条` : ''}…`;
      again.hidden = !reply.may_prove;
      again.disabled = Boolean(walking);
      when.textContent = reply.failed || (reply.known ? walking || proven(reply) : '');
      if (reply.known) tell(reply);
      else chain.textContent = walking || reply.failed || '哈希链还没有核对。';
      if (walking) setTimeout(() => mine === S.proof && body.isConnected && prove(), 400);
    }
    const proven = (reply) => !reply.at ? '' : `${time(reply.at)} 全部核对${reply.since > 0 ? `，其后 ${reply.since.toLocaleString()} 条逐条相接` : ''}`;
    function tell(reply) {
      const broken = reply.line || null;
      chain.classList.toggle('broken', !reply.whole);
      chain.textContent = reply.said;
      if (broken) chain.append(' ', el('button', {class: 'link', on: {click: () => { for (const name of names) S.wanted[name] = ''; filters.replaceChildren(...fields()); S.from = [null, broken + 5]; load(); }}}, '看这一行'));
      if (broken === (S.broken || null)) return;
      S.broken = broken;
      draw();
    }
    Object.assign(page.keys, {BracketLeft: () => turn(-1), BracketRight: () => turn(1), Slash: () => filters.querySelector('select').focus(), Escape: () => !clear.hidden && reset(), KeyD: () => mj.toggleTheme(page), 'Shift+Slash': page.showKeys});
    page.onBack = load;
    filters.replaceChildren(...fields());
    mj.frame(page, {person: first.person}, body);
    draw();
    prove();
  };

  mj.loaded.add('audit');
})(window.mingjian ||= {loaded: new Set()});
