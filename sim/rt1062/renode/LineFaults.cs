// How a serial line can be bad; the same to the same bytes as sim/rt1062/line_faults.py.
// For Renode 1.16.1; C# 7.

using System.Collections.Generic;
using Antmicro.Renode.Exceptions;

namespace Antmicro.Renode.Peripherals.Rt1062
{
    /// One direction of a line.
    public class FaultyWay
    {
        public FaultyWay(uint threshold, uint seed, string kinds)
        {
            this.threshold = threshold;
            this.kinds = kinds.Split(',');
            foreach(var kind in this.kinds)
            {
                if(System.Array.IndexOf(Known, kind) < 0)
                {
                    throw new RecoverableException("no such fault of a line: " + kind);
                }
            }
            state = unchecked(seed * 2654435761u + 1u);
            if(state == 0) { state = 1; }
        }

        /// What comes of a byte.
        public IEnumerable<byte> Carry(byte value)
        {
            if(silent > 0)
            {
                silent--;
                return Nothing;
            }
            if(Draw() >= threshold) { return new[] { value }; }
            switch(kinds[Draw() % (uint)kinds.Length])
            {
                case "drop":
                    return Nothing;
                case "flip":
                    return new[] { (byte)(value ^ 1 << (int)(Draw() % 8)) };
                case "insert":
                    return new[] { (byte)(Draw() % 256), value };
                case "break":
                    silent = Draw() % LongestBreak;
                    return new byte[] { 0 };
                default:
                    silent = ShortestGap + Draw() % Gaps - 1;
                    return Nothing;
            }
        }

        // Marsaglia's xorshift with 32 bits.
        private uint Draw()
        {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            return state;
        }

        private uint state;
        private uint silent;
        private readonly uint threshold;
        private readonly string[] kinds;

        private static readonly string[] Known = { "drop", "flip", "insert", "break", "gap" };
        private static readonly byte[] Nothing = new byte[0];
        private const uint LongestBreak = 10;
        private const uint ShortestGap = 32;
        private const uint Gaps = 256;
    }
}
