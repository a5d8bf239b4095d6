// 评测: the newest report in a frame that may run nothing and reach nothing of ours.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const KEYS = [['页面', [['D', '深色或浅色'], ['?', '本表'], ['Esc', '关闭']]]];

  mj.page_quality = async function (page) {
    page.showKeys = () => mj.keysDialog(page, KEYS);
    Object.assign(page.keys, {KeyD: () => mj.toggleTheme(), 'Shift+Slash': page.showKeys});
    const about = await mj.ask(page, 'open_quality');
    if (!about || about.problem) { mj.refuse(page, about); return; }
    const body = el('main', {class: 'quality'});
    mj.frame(page, about, body);
    if (!about.report) { body.append(el('div', {class: 'empty'}, about.problem_said, about.how ? el('span', {class: 'muted'}, '在服务器上运行：', about.how, '。') : null)); return; }
    const {day, written, current} = about.report;
    body.append(el('header', {class: 'title'}, el('h1', {}, '评测'), el('span', {class: 'muted'}, day ? `评测日 ${day}，` : '', `报告写于 ${mj.clock(written)}`),
      current === false ? el('span', {class: 'notice small'}, '此后规则或依据有改动，报告说的是改动前。') : null),
    el('iframe', {src: '/quality/report', sandbox: '', title: '评测报告', referrerpolicy: 'no-referrer'}));
  };

  mj.loaded.add('quality');
})(window.mingjian ||= {loaded: new Set()});
