// IOMUXC (i.MX RT1060 reference manual, chapter 11), for Renode 1.16.1. C# 7. The registers are storage; own because
// somebody has to know where the signals of the serial blocks go. Twin of sim/rt1062/blocks/routing.py,
// whose tables come in a file.

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Antmicro.Renode.Core;
using Antmicro.Renode.Exceptions;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    /// The answers are what is wrong with a signal, register and value, "" where it is connected; so is every
    /// signal that no route is known of.
    public class Iomuxc : RegisterFile
    {
        public Iomuxc(IMachine machine, long size) : base(machine, size) { }

        /// Changes with each write: whoever keeps an answer asks again.
        public int Version { get; private set; }

        public override void Reset()
        {
            base.Reset();
            Version++;
        }

        public override void WriteDoubleWord(long offset, uint value)
        {
            base.WriteDoubleWord(offset, value);
            Version++;
        }

        /// Lines "SIGNAL PAD MUX MODE SELECT DAISY CONTROL", one a pad that the signal may be on: offsets of its three
        /// registers and the values that connect it, decimal; SELECT is -1 where there is none.
        public void LoadRoutes(string path)
        {
            ForgetRoutes();
            try
            {
                foreach(var line in File.ReadAllLines(path))
                {
                    var words = line.Split(' ');
                    var numbers = words.Skip(2).Select(word => int.Parse(word, CultureInfo.InvariantCulture)).ToArray();
                    if(!routes.ContainsKey(words[0])) { routes[words[0]] = new List<Route>(); }
                    routes[words[0]].Add(new Route(words[1], numbers));
                }
            }
            catch(Exception e)
            {
                throw new RecoverableException("routes not read: " + e.Message);
            }
        }

        public void ForgetRoutes()
        {
            routes.Clear();
            Version++;
        }

        /// Of a signal that the chip drives.
        public string Output(string signal)
        {
            return Ask(signal, Multiplexed);
        }

        /// Of a signal that the chip listens to.
        public string Input(string signal)
        {
            return Ask(signal, Selected);
        }

        /// Of a bus that the chip drives and listens to; `pulledUp` by a resistor of the board.
        public string OpenDrain(string signal, bool pulledUp)
        {
            return Ask(signal, route => Shared(route, pulledUp));
        }

        private string Ask(string signal, Func<Route, string> question)
        {
            List<Route> ways;
            if(!routes.TryGetValue(signal, out ways)) { return ""; }
            var found = ways.Select(question).ToList();
            if(found.Contains("")) { return ""; }
            return found.FirstOrDefault(text => !text.StartsWith(Mux, StringComparison.Ordinal)) ?? string.Join("; ", found);
        }

        private string Multiplexed(Route route)
        {
            var value = ReadDoubleWord(route.Numbers[0]);
            return (value & 0xF) == route.Numbers[1] ? "" : string.Format("{0}{1} is 0x{2:X}, MUX_MODE not {3}", Mux, route.Pad, value, route.Numbers[1]);
        }

        private string Selected(Route route)
        {
            var wrong = Multiplexed(route);
            var select = route.Numbers[2];
            if(wrong != "" || select < 0) { return wrong; }
            var value = ReadDoubleWord(select);
            return value == route.Numbers[3] ? "" : string.Format("{0}_SELECT_INPUT (IOMUXC + 0x{1:X}) is {2}, not {3} for {4}",
                routes.First(one => one.Value.Contains(route)).Key, select, value, route.Numbers[3], route.Pad);
        }

        private string Shared(Route route, bool pulledUp)
        {
            var wrong = Selected(route);
            if(wrong != "") { return wrong; }
            uint mux = ReadDoubleWord(route.Numbers[0]), control = ReadDoubleWord(route.Numbers[4]);
            if((mux & InputOn) == 0) { return string.Format("no SION in {0}{1} 0x{2:X}, the block does not see the bus", Mux, route.Pad, mux); }
            if((control & OpenDrainOn) == 0) { return string.Format("no ODE in {0}{1} 0x{2:X}, the pad is no open drain", Control, route.Pad, control); }
            var pulls = (control & PullOn) == PullOn && (control & PullUp) != 0;
            return pulledUp || pulls ? "" : string.Format("no pull-up in {0}{1} 0x{2:X}, and none on the board", Control, route.Pad, control);
        }

        private readonly Dictionary<string, List<Route>> routes = new Dictionary<string, List<Route>>();

        private const string Mux = "SW_MUX_CTL_PAD_", Control = "SW_PAD_CTL_PAD_";
        private const uint InputOn = 1 << 4; // of SW_MUX_CTL_PAD
        private const uint OpenDrainOn = 1 << 11, PullOn = 3 << 12, PullUp = 3 << 14; // of SW_PAD_CTL_PAD

        private class Route
        {
            public Route(string pad, int[] numbers)
            {
                Pad = pad;
                Numbers = numbers;
            }

            public readonly string Pad;
            public readonly int[] Numbers;
        }
    }
}
