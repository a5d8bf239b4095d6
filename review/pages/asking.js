// The small lists over the buttons: reasons, missing material, amounts, notes. Digits inside an open list belong to it.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);

  mj.asking = function (page, holder) {
    let close = () => {};
    function show(title, content, keys) {
      close();
      const box = el('div', {class: 'asking', role: 'dialog', 'aria-label': title}, el('h4', {class: 'small muted'}, title), content);
      holder.append(box);
      close = () => { box.remove(); page.capture = null; close = () => {}; };
      page.capture = (e) => {
        if (e.code === 'Escape') { close(); return true; }
        return keys(e);
      };
      const input = box.querySelector('input,textarea');
      if (input && !box.querySelector('.choices')) input.focus();
    }
    const digit = (e) => { const found = /^(?:Digit|Numpad)([1-9])$/.exec(e.code); return found ? Number(found[1]) : 0; };
    const choice = (n, words, run, on) => el('button', {class: 'choice' + (on ? ' on' : ''), on: {click: run}}, mj.kbd(String(n)), words);
    const escape = (words) => el('button', {class: 'choice muted', on: {click: () => close()}}, mj.kbd('Esc'), words);

    // one digit ends it; the last entry lets one write
    function reasons(title, given, done) {
      const write = () => text(title, '', 200, (words) => words && done([words]));
      show(title, el('div', {class: 'choices'}, given.map((words, n) => choice(n + 1, words, () => { close(); done([words]); })),
        choice(given.length + 1, '另写理由', write), escape('放弃，回到待定')), (e) => {
        const n = digit(e);
        if (!n) return e.code.startsWith('Digit') || e.code === 'Space';
        if (n === given.length + 1) write(); else if (given[n - 1]) { const words = given[n - 1]; close(); done([words]); }
        return true;
      });
    }
    // one digit ends it
    function pick(title, given, done) {
      const take = (n) => { close(); done(n); };
      show(title, el('div', {class: 'choices'}, given.map((words, n) => choice(n + 1, words, () => take(n))), escape('放弃')), (e) => {
        const n = digit(e);
        if (given[n - 1]) take(n - 1);
        return Boolean(n) || e.code === 'Space';
      });
    }
    // digits toggle, Enter ends
    function materials(given, done) {
      const chosen = new Set();
      const draw = () => {
        const finish = () => { if (chosen.size) { close(); done([...chosen]); } };
        const write = () => text('还缺什么', '', 200, (words) => words && done([...chosen, words]));
        show('待补材料：选缺什么', el('div', {class: 'choices'}, given.map((words, n) => choice(n + 1, words, () => toggle(words), chosen.has(words))),
          choice(given.length + 1, '另写', write),
          el('button', {class: 'choice', on: {click: finish}}, mj.kbd('Enter'), '记为待补', el('span',
            {class: 'muted'}, `已选 ${chosen.size} 项`)), escape('放弃')), (e) => {
          const n = digit(e);
          if (e.code === 'Enter' || e.code === 'NumpadEnter') finish();
          else if (n === given.length + 1) write();
          else if (n && given[n - 1]) toggle(given[n - 1]);
          else return e.code === 'Space';
          return true;
        });
      };
      const toggle = (words) => { if (!chosen.delete(words)) chosen.add(words); draw(); };
      draw();
    }
    function text(title, value, longest, done) {
      const input = el('textarea', {class: 'field', maxlength: longest, rows: 2, 'aria-label': title}, value);
      const finish = () => { const words = input.value.trim(); close(); done(words); };
      input.addEventListener('keydown', (e) => {
        if (e.isComposing) return;
        if (e.key === 'Enter' && !e.shiftKey) { e.preventDefault(); finish(); }
        if (e.key === 'Escape') close();
      });
      show(title, el('div', {class: 'writing'}, input, el('button', {class: 'btn', on: {click: finish}}, mj.kbd('Enter'), '记下')), () => false);
    }
    function amount(one, total, done) {
      const options = mj.amountOptions(one);
      const input = el('input', {class: 'field', inputmode: 'decimal', placeholder: '另定金额，元', 'aria-label': '另定金额'});
      const problem = el('p', {class: 'small problem', role: 'alert'});
      const finish = () => {
        const given = input.value.normalize('NFKC').trim();  // digits of an input method are digits
        if (!/^\d+(\.\d{1,2})?$/.test(given)) { problem.textContent = '金额须是数字，至多两位小数。'; return; }
        if (total !== null && Number(given) > total) { problem.textContent = `不能超过本次住院费用 ${mj.yuan(total)} 元。`; return; }
        close();
        done(given, true);
      };
      input.addEventListener('keydown', (e) => { if (e.isComposing) return; if (e.key === 'Enter') finish(); if (e.key === 'Escape') close(); });
      const pick = (option) => { close(); done(option.first ? '' : String(option.amount), false); };
      show('金额', el('div', {class: 'choices'}, options.map((option, n) => choice(n + 1, `${option.label} ${mj.yuan(option.amount)} 元`, () => pick(option))),
        el('div', {class: 'writing'}, input, el('button', {class: 'btn', on: {click: finish}}, '另定')), problem, escape('不改')), (e) => {
        const option = options[digit(e) - 1];
        if (option) pick(option);
        return Boolean(option);
      });
    }
    return {reasons, pick, materials, text, amount, show, close: () => close()};
  };

  mj.loaded.add('asking');
})(window.mingjian ||= {loaded: new Set()});
