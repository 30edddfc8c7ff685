// Characters on a serial line: their form, and what a receiver at another form or rate gets. For Renode
// 1.16.1; C# 7. Twin of sim/rt1062/devices/characters.py.

using System;
using System.Collections.Generic;
using System.Linq;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    /// Bits of data, parity (N, E or O), whether 0 and 1 have changed places, and bits a second.
    public class SerialEnd
    {
        public SerialEnd(double rate, int dataBits = 8, char parity = 'N', bool inverted = false)
        {
            Rate = rate;
            this.dataBits = dataBits;
            this.parity = parity;
            this.inverted = inverted;
        }

        public double Rate { get; private set; }

        public string Form { get { return string.Format("{0}{1}1{2}", dataBits, parity, inverted ? " inverted" : ""); } }

        /// Whether two rates are near enough for each other.
        public static bool Near(double rate, double other)
        {
            return Math.Abs(rate / other - 1) <= 0.03;
        }

        /// What this end makes of a character: word, and by the last two whether stop bit and parity were wrong.
        public int Sample(int word, SerialEnd sender, out bool broken, out bool odd)
        {
            broken = odd = false;
            var sameRate = Near(sender.Rate, Rate);
            if(sameRate && sender.Form == Form) { return word; }
            var levels = sender.Levels(word);
            double place = 0.5, ratio = 1;
            if(!sameRate)
            {
                place += sender.Rate > Rate ? Jitter : -Jitter;
                ratio = sender.Rate / Rate;
            }
            var bits = new List<int>();
            for(var bit = 0; bit < Levels(0).Count; bit++)
            {
                var at = bit == 0 ? 0 : (int)((bit + place) * ratio);
                var level = at < levels.Count ? levels[at] : sender.inverted ? 0 : 1;
                bits.Add(inverted ? 1 - level : level);
            }
            var data = bits.Skip(1).Take(dataBits).ToList();
            odd = parity != 'N' && bits[1 + dataBits] != Parity(data);
            broken = bits[bits.Count - 1] == 0;
            return data.Select((bit, index) => bit << index).Sum();
        }

        // The bits of a character, in time; behind them the line is idle.
        private List<int> Levels(int word)
        {
            var data = Enumerable.Range(0, dataBits).Select(bit => word >> bit & 1).ToList();
            var bits = new List<int> { 0 };
            bits.AddRange(data);
            if(parity != 'N') { bits.Add(Parity(data)); }
            bits.Add(1);
            return inverted ? bits.Select(bit => 1 - bit).ToList() : bits;
        }

        private int Parity(List<int> data)
        {
            return (data.Sum() + (parity == 'O' ? 1 : 0)) & 1;
        }

        private readonly int dataBits;
        private readonly char parity;
        private readonly bool inverted;

        private const double Jitter = 0.26; // of a bit: how far from the middle a receiver may sample
    }
}
