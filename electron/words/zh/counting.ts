import { counting } from '../counting.ts';

export const counts = counting('zh-CN');
