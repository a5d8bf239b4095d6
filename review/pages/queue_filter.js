// What the queue is narrowed by: the panel 筛选, one removable chip for each filter, and the same in the address.
// An address carries codes and opaque keys only; no name and no search word.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const LISTED = {
    family: [['admission', '住院'], ['charges', '收费'], ['documents', '文书']],
    certainty: [['established', '数据可证'], ['probable', '较可能'], ['clue', '线索']],
    decision: [['pending', '待定'], ['confirm', '确认'], ['reject', '不成立'], ['ask', '待补材料']],
  };
  const TITLES = {family: '类别', violation: '违规类型', certainty: '把握', check: '规则', decision: '决定', department: '科室',
    doctor: '医师', month: '入院月份'};
  const OF_FINDING = {family: 'family', violation: 'violation', certainty: 'certainty', check: 'check', decision: 'verdict'};
  const OF_CASE = {department: 'department_key', doctor: 'doctor_key', month: 'month'};
  const CHOSEN = Object.keys(TITLES), IN_ADDRESS = [...CHOSEN, 'from', 'to', 'order'];
  const YUAN = /^\d{1,9}(\.\d{1,2})?$/;

  // desk: {rows(), seed(), named(), lists(), view(), setView(view), changed()} of the queue
  mj.queueFilter = function (desk) {
    const filter = {};
    const blank = () => IN_ADDRESS.forEach((name) => { filter[name] = ''; });
    const panel = el('div', {class: 'menu filters', role: 'dialog', 'aria-label': '筛选', hidden: true, on: {keydown: (e) => {
      e.stopPropagation();  // a digit chosen here decides nothing
      if (e.key === 'Escape') close(true);
    }}});
    const button = el('button', {class: 'pill', 'aria-haspopup': 'dialog', 'aria-expanded': 'false', on: {click: () => panel.hidden ? open() : close(true)}}, '筛选 ▾');
    const chips = el('div', {class: 'chips'});
    blank();

    const bounded = () => filter.from !== '' || filter.to !== '';
    // a bound that is no amount fits nothing: an address typed wrongly must not look like an answer
    function fits(amount) {
      if ([filter.from, filter.to].some((bound) => bound !== '' && !YUAN.test(bound)) || amount === null) return false;
      return (filter.from === '' || amount >= Number(filter.from)) && (filter.to === '' || amount < Number(filter.to));
    }
    const ofFinding = () => Object.keys(OF_FINDING).filter((name) => filter[name]);
    function matches(row) {
      if (Object.keys(OF_CASE).some((name) => filter[name] && row[OF_CASE[name]] !== filter[name])) return false;
      const asked = ofFinding();
      if (!asked.length && !bounded()) return true;
      return row.facts.some((fact) => asked.every((name) => fact[OF_FINDING[name]] === filter[name]) && (!bounded() || fits(fact.amount)));
    }
    const active = () => IN_ADDRESS.filter((name) => name !== 'order' && filter[name]);

    // what can be chosen, from what the person sees; each with the number of cases
    function options(name) {
      const counts = new Map(), names = new Map(LISTED[name] || []);
      for (const row of desk.rows()) {
        const codes = OF_FINDING[name] ? new Set(row.facts.map((fact) => fact[OF_FINDING[name]])) : [row[OF_CASE[name]]];
        for (const code of codes) counts.set(code, (counts.get(code) || 0) + 1);
        if (OF_CASE[name]) names.set(row[OF_CASE[name]], name === 'month' ? row.month : row[name] || '（未写）');
      }
      if (name === 'violation' || name === 'check') Object.entries(desk.named()[name + 's']).forEach((pair) => names.set(...pair));
      const found = [...names].filter(([code]) => counts.get(code)).map(([code, words]) => [code, words, counts.get(code)]);
      if (LISTED[name]) return found;
      return found.sort(name === 'month' ? (a, b) => a[0].localeCompare(b[0]) : (a, b) => b[2] - a[2] || a[1].localeCompare(b[1], 'zh'));
    }
    function words(name) {
      const found = options(name).find(([code]) => code === filter[name]) || (LISTED[name] || []).find(([code]) => code === filter[name]);
      return found ? (name === 'month' ? '入院 ' : '') + found[1] : TITLES[name] + '：未找到';
    }
    function yuan() {
      if (![filter.from, filter.to].every((bound) => bound === '' || YUAN.test(bound))) return '金额：未识别';
      return '金额 ' + (filter.to === '' ? `≥ ${filter.from}` : filter.from === '' ? `< ${filter.to}` : `${filter.from}–${filter.to}`) + ' 元';
    }
    const chip = (text, drop) => el('button', {class: 'pill on', title: text, 'aria-label': `去掉筛选 ${text}`, on: {click: () => { drop(); desk.changed(); }}},
      el('span', {class: 'cut'}, text), ' ×');
    function drawChips() {
      const all = CHOSEN.filter((name) => filter[name]).map((name) => chip(words(name), () => { filter[name] = ''; }));
      if (bounded()) all.push(chip(yuan(), () => { filter.from = filter.to = ''; }));
      if (filter.order) all.push(chip(`双随机 · 种子 ${desk.seed()}`, () => { filter.order = ''; }));
      const listed = desk.lists().find(([view, , tab]) => view === desk.view() && !tab);
      if (listed) all.push(chip(listed[1], () => desk.setView('')));
      if (all.length) all.push(el('button', {class: 'link small', on: {click: () => { blank(); if (listed) desk.setView(''); desk.changed(); }}}, '清除'));
      chips.replaceChildren(...all);
      button.classList.toggle('on', all.length > 0);
    }

    function choice(title, chosen, all, take) {
      const select = el('select', {class: 'field', 'aria-label': title, on: {change: () => { take(select.value); desk.changed(); }}},
        all.map(([code, text]) => el('option', {value: code}, text)));
      select.value = chosen;
      return el('label', {}, el('span', {class: 'small muted'}, title), select);
    }
    const picked = (name) => choice(TITLES[name], filter[name], [['', '不限'], ...options(name).map(([code, text, n]) => [code, `${text} · ${n} 例`])],
      (code) => { filter[name] = code; });
    function amounts() {
      const told = el('p', {class: 'small notice wide', role: 'status', hidden: true});
      const field = (name, title) => el('input', {class: 'field number', inputmode: 'decimal', placeholder: title, 'aria-label': `金额${title}（元）`, value: filter[name]});
      const from = field('from', '起，含'), to = field('to', '止，不含');
      const take = () => {
        const given = [from, to].map((one) => one.value.trim());
        told.textContent = given.some((one) => one && !YUAN.test(one)) ? '请填不小于 0 的数，最多两位小数。'
          : given[0] && given[1] && Number(given[0]) >= Number(given[1]) ? '起数须小于止数。' : '';
        told.hidden = !told.textContent;
        if (told.hidden) { [filter.from, filter.to] = given; desk.changed(); }
      };
      [from, to].forEach((one) => one.addEventListener('input', take));
      return [el('div', {class: 'wide amounts', role: 'group', 'aria-label': '每项疑点金额'}, el('span', {class: 'small muted'}, '每项疑点金额（元）'), from, '–', to), told];
    }
    function open() {
      const ordered = desk.seed() === undefined ? null
        : choice('排序', filter.order, [['', '按可疑金额'], ['random', `双随机，种子 ${desk.seed()}`]], (order) => { filter.order = order; });
      panel.replaceChildren(...CHOSEN.map(picked), choice('分派与进度', desk.view(), desk.lists().map(([view, text]) => [view, text]), desk.setView),
        ...[ordered, ...amounts()].filter(Boolean), el('div', {class: 'wide ends'}, el('button', {class: 'link', on: {click: () => { blank(); desk.setView(''); desk.changed(); open(); }}}, '清除'),
          el('button', {class: 'btn push', on: {click: () => close(true)}}, '关闭 ', mj.kbd('Esc'))));
      panel.style.top = button.offsetTop + button.offsetHeight + 6 + 'px';
      panel.hidden = false;
      button.setAttribute('aria-expanded', 'true');
      panel.querySelector('select').focus();
      document.addEventListener('mousedown', away);
    }
    function close(back) {
      if (panel.hidden) return;
      panel.hidden = true;
      button.setAttribute('aria-expanded', 'false');
      document.removeEventListener('mousedown', away);
      if (back) button.focus();
    }
    const away = (e) => { if (!panel.contains(e.target) && e.target !== button) close(false); };

    return {panel, button, chips, matches, active, drawChips, close, clear: blank, random: () => filter.order === 'random' && desk.seed() !== undefined,
      read(wanted) { IN_ADDRESS.forEach((name) => { filter[name] = wanted.get(name) || ''; }); if (filter.order !== 'random') filter.order = ''; },
      query: () => IN_ADDRESS.filter((name) => filter[name]).map((name) => `&${name}=${encodeURIComponent(filter[name])}`).join('')};
  };

  mj.loaded.add('queue_filter');
})(window.mingjian ||= {loaded: new Set()});
